#include "runtime/engine.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/compiled_module.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"
#include "runtime/trap_handler.h"

namespace wasijit {
namespace {

// Room for two memories with guard pages: one would leave none for the next.
constexpr size_t kProbeSize = size_t{20} << 30;

BoundsChecks AffordableBoundsChecks() {
  return Reservation::Create(kProbeSize).ok() ? BoundsChecks::kGuardPages
                                              : BoundsChecks::kExplicit;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(
    EngineOptions options, CompileFunction compile) {
  constexpr size_t kMaxWasmStack = size_t{1} << 40;
  if (options.max_wasm_stack < kMinWasmStack ||
      options.max_wasm_stack > kMaxWasmStack) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the stack for WebAssembly must have %d to %d bytes",
                        kMinWasmStack, kMaxWasmStack));
  }
  options.max_wasm_stack = RoundUp(options.max_wasm_stack, PageSize());
  RETURN_IF_ERROR(InstallTrapHandler());
  const BoundsChecks bounds_checks = options.bounds_checks.has_value()
                                         ? *options.bounds_checks
                                         : AffordableBoundsChecks();
  return absl::WrapUnique(
      new Engine(options, bounds_checks, std::move(compile)));
}

Engine::Engine(EngineOptions options, BoundsChecks bounds_checks,
               CompileFunction compile)
    : options_(options),
      bounds_checks_(bounds_checks),
      compile_(std::move(compile)) {}

absl::StatusOr<std::shared_ptr<const CompiledModule>> Engine::Compile(
    absl::Span<const uint8_t> bytes) {
  if (compile_ == nullptr) {
    return absl::UnimplementedError(
        "there is no compiler; only compiled images can be loaded");
  }
  ASSIGN_OR_RETURN(CompileResult result, compile_(bytes, bounds_checks_));
  return std::visit([this](auto& image) { return Load(std::move(image)); },
                    result);
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> Engine::Load(
    CodeImage image) {
  return CompiledModule::Create(std::move(image), types_);
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> Engine::Load(
    LazyImage image) {
  return CompiledModule::Create(std::move(image), types_, options_.tier);
}

}  // namespace wasijit
