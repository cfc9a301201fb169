// The modules that benchmarks run, and the engine that compiles them.
//
// A benchmark cannot do anything useful about a failure: these functions print
// it and end the process.
#ifndef WASIJIT_BENCH_GUEST_H_
#define WASIJIT_BENCH_GUEST_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "runtime/typed_function.h"

namespace wasijit::bench {

// Prints the message and ends the process.
[[noreturn]] void Fail(absl::string_view message);
[[noreturn]] void Fail(const Termination& termination);

template <typename T>
T ValueOrFail(absl::StatusOr<T> value) {
  if (!value.ok()) Fail(value.status().ToString());
  return *std::move(value);
}

template <typename T>
T ValueOrFail(Outcome<T> outcome) {
  if (!outcome.has_value()) Fail(outcome.error());
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

// The bytes of a module that the build made: a path below the build directory,
// such as "bench/modules/calls.wasm".
std::vector<uint8_t> ReadModule(absl::string_view path);

// One engine with the compiler, for all benchmarks of a program.
Engine& SharedEngine();

// Compiled once, whatever the number of benchmarks that ask for it.
std::shared_ptr<const CompiledModule> CompiledOnce(absl::string_view path);

// A module instantiated in a store of its own.
class Guest {
 public:
  explicit Guest(absl::string_view path, const Linker& linker = {});

  Store& store() { return store_; }
  Instance& instance() { return *instance_; }

  template <typename Signature>
  TypedFunction<Signature> Find(absl::string_view name) {
    Function* const function = instance_->FindFunction(name);
    if (function == nullptr) Fail(name);
    return ValueOrFail(TypedFunction<Signature>::Create(*function));
  }

 private:
  Store store_;
  Instance* instance_;
};

}  // namespace wasijit::bench

#endif  // WASIJIT_BENCH_GUEST_H_
