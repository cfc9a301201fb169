// A greeting that goes through iostreams, containers and algorithms, so that
// static constructors, virtual calls and the allocator all take part.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

class Greeter {
 public:
  virtual ~Greeter() = default;
  virtual std::string Greet(const std::string& name) const = 0;
};

class Polite : public Greeter {
 public:
  std::string Greet(const std::string& name) const override {
    return "Good day, " + name;
  }
};

class Brief : public Greeter {
 public:
  std::string Greet(const std::string& name) const override {
    return "Hi " + name;
  }
};

}  // namespace

int main() {
  std::map<std::string, std::unique_ptr<Greeter>> greeters;
  greeters["polite"] = std::make_unique<Polite>();
  greeters["brief"] = std::make_unique<Brief>();
  std::vector<std::string> names = {"C++", "STL", "iostream"};
  std::sort(names.begin(), names.end());
  for (const auto& [kind, greeter] : greeters) {
    for (const std::string& name : names) {
      std::cout << kind << ": " << greeter->Greet(name) << '\n';
    }
  }
  std::cout << "Hello from C++" << std::endl;
  return 0;
}
