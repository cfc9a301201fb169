// A module's code as text, for people and for golden tests.
#ifndef WASIJIT_COMPILER_JIT_LISTING_H_
#define WASIJIT_COMPILER_JIT_LISTING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "compiler/jit/compile_options.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

enum class ListingKind : uint8_t {
  kLlvmIr,
  kOptimizedLlvmIr,
  kAssembly,
  // A relocatable ELF file, made of all functions at once.
  kObject,
  // As ListLocated.
  kLocated,
};

// The listing of all functions, batch after batch. Fails as CompileModule does.
absl::StatusOr<std::string> ListModule(const Module& module,
                                       const CompileOptions& options,
                                       ListingKind kind);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_LISTING_H_
