// Failures of system calls: the linker sends calls of the WASI library through
// functions that make the real call, or fail as they are told.
#ifndef WASIJIT_TEST_WASI_MATRIX_FAULTS_H_
#define WASIJIT_TEST_WASI_MATRIX_FAULTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wasijit::wasi {

// What happens to one system call.
struct Fault {
  // 0 to make it.
  int error = 0;
  // Of calls that transfer data, how much they may at most.
  size_t limit = SIZE_MAX;
};

// While it lives, decides about every call. One at a time.
class Faults {
 public:
  using Decide = std::function<Fault(const std::string& function)>;

  explicit Faults(Decide decide);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // The system calls that have been asked for.
  const std::vector<std::string>& calls() const { return calls_; }

  // For the functions in the linker's way.
  static Fault Next(const char* function);

 private:
  Decide decide_;
  std::vector<std::string> calls_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_TEST_WASI_MATRIX_FAULTS_H_
