#include "bench/guest.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/compile.h"

namespace wasijit::bench {
namespace {

absl::StatusOr<CodeImage> CompileForHost(absl::Span<const uint8_t> bytes,
                                         BoundsChecks bounds_checks) {
  compiler::CompileOptions options;
  options.bounds_checks = bounds_checks;
  return compiler::Compile(bytes, options);
}

}  // namespace

void Fail(absl::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()),
               message.data());
  std::exit(1);
}

void Fail(const Termination& termination) { Fail(ToString(termination)); }

std::vector<uint8_t> ReadModule(absl::string_view path) {
  const std::string full = absl::StrCat(WASIJIT_BINARY_DIR, "/", path);
  std::ifstream file(full, std::ios::binary);
  if (!file) Fail(absl::StrCat("cannot open ", full));
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

Engine& SharedEngine() {
  static const std::unique_ptr<Engine> engine =
      ValueOrFail(Engine::Create({}, CompileForHost));
  return *engine;
}

std::shared_ptr<const CompiledModule> CompiledOnce(absl::string_view path) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const CompiledModule>> modules;
  const std::lock_guard lock(mutex);
  auto& module = modules[std::string(path)];
  if (module == nullptr) {
    module = ValueOrFail(SharedEngine().Compile(ReadModule(path)));
  }
  return module;
}

Guest::Guest(absl::string_view path, const Linker& linker)
    : store_(SharedEngine()),
      instance_(ValueOrFail(
          ValueOrFail(linker.Instantiate(store_, CompiledOnce(path))))) {}

}  // namespace wasijit::bench
