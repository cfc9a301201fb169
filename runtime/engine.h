// What everything else in a process shares: options, canonical types, and the
// way from bytes to code.
#ifndef WASIJIT_RUNTIME_ENGINE_H_
#define WASIJIT_RUNTIME_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/compiled_module.h"
#include "runtime/lazy_code.h"
#include "runtime/module/type_registry.h"

namespace wasijit {

// Turns a module's bytes into code that keeps accesses of 32-bit memories in
// bounds as asked, or into what can become such code. Must be thread-safe.
using CompileResult = std::variant<CodeImage, LazyImage>;
using CompileFunction = std::function<absl::StatusOr<CompileResult>(
    absl::Span<const uint8_t> bytes, BoundsChecks bounds_checks)>;

struct EngineOptions {
  // Bytes of stack for WebAssembly and the host functions that it calls, per
  // thread. Rounded up to pages; at least kMinWasmStack.
  size_t max_wasm_stack = size_t{8} << 20;
  // Absent: guard pages where the system grants the address space for them,
  // else explicit checks.
  std::optional<BoundsChecks> bounds_checks = std::nullopt;
  // Collects garbage whenever a structure or array is made, to find mistakes.
  bool gc_zeal = false;
  // When functions that are compiled when they are called get better code.
  TierOptions tier = {};
};

inline constexpr size_t kMinWasmStack = size_t{512} << 10;

// Thread-safe. Must outlive its stores.
class Engine {
 public:
  // Installs the process's fault handlers (see trap_handler.h) on first use.
  // Without `compile`, only images can be loaded.
  static absl::StatusOr<std::unique_ptr<Engine>> Create(
      EngineOptions options = {}, CompileFunction compile = nullptr);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Unimplemented if the engine has no compiler; else the compiler's errors.
  absl::StatusOr<std::shared_ptr<const CompiledModule>> Compile(
      absl::Span<const uint8_t> bytes);

  // Makes an image executable. FailedPrecondition if it is for another
  // instruction set or needs CPU features that this machine lacks (named in the
  // message); ResourceExhausted if memory is missing.
  absl::StatusOr<std::shared_ptr<const CompiledModule>> Load(CodeImage image);
  // The same for a module that is compiled while it runs.
  absl::StatusOr<std::shared_ptr<const CompiledModule>> Load(LazyImage image);

  const EngineOptions& options() const { return options_; }
  // What compiled code must use here.
  BoundsChecks bounds_checks() const { return bounds_checks_; }
  SharedTypeRegistry& types() { return types_; }
  const SharedTypeRegistry& types() const { return types_; }

 private:
  Engine(EngineOptions options, BoundsChecks bounds_checks,
         CompileFunction compile);

  EngineOptions options_;
  BoundsChecks bounds_checks_;
  CompileFunction compile_;
  SharedTypeRegistry types_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ENGINE_H_
