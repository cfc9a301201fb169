// What compiles functions of a module after the module has been loaded: the
// contract between who decides when, the runtime, and who knows how.
#ifndef WASIJIT_RUNTIME_ABI_TIER_COMPILER_H_
#define WASIJIT_RUNTIME_ABI_TIER_COMPILER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit {

// Kinds of code of one function, from what is there soonest to what runs
// fastest. Functions of all tiers call each other.
enum class Tier : uint8_t {
  // Counts how often it runs.
  kBaseline,
  kOptimized,
};

// Of one module. Thread-safe.
class TierCompiler {
 public:
  virtual ~TierCompiler() = default;

  // The functions that are to be compiled together with a defined function,
  // which is the first of them: as far as `is_wanted` says, and no more than is
  // worth while.
  virtual std::vector<uint32_t> Plan(
      Tier tier, uint32_t function,
      absl::FunctionRef<bool(uint32_t function)> is_wanted) const = 0;

  // An image of the part of the module that these functions are. May take long;
  // cannot be interrupted.
  virtual absl::StatusOr<CodeImage> Compile(
      Tier tier, absl::Span<const uint32_t> functions) const = 0;

  // The same for code that takes the place of running baseline code of a
  // function at the head of a loop (Libcall::kReplaceLoop). It is the place of
  // the function in the image.
  virtual absl::StatusOr<CodeImage> CompileLoop(uint32_t function,
                                                uint32_t loop) const = 0;
};

// A valid module of which nothing is compiled.
struct LazyImage {
  std::shared_ptr<const Module> module;
  BoundsChecks bounds_checks;
  // For this machine.
  std::unique_ptr<const TierCompiler> compiler;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_TIER_COMPILER_H_
