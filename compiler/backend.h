// What the shared module libwasijit_compiler.so offers to the program that
// opens it: the part of the compiler that needs LLVM.
//
// Programs decode and validate by themselves and open the module only when
// something must be compiled. Both sides must be of the same build.
#ifndef WASIJIT_COMPILER_BACKEND_H_
#define WASIJIT_COMPILER_BACKEND_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/listing.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

struct Backend {
  // Identifies the build; differs when the two sides do not fit each other.
  const char* build;
  // As CompileModule, NewFunctionCompiler and ListModule.
  absl::StatusOr<CodeImage> (*compile)(std::shared_ptr<const Module> module,
                                       const CompileOptions& options);
  absl::StatusOr<std::unique_ptr<const TierCompiler>> (*new_function_compiler)(
      std::shared_ptr<const Module> module, const CompileOptions& options);
  absl::StatusOr<std::string> (*list)(const Module& module,
                                      const CompileOptions& options,
                                      ListingKind kind);
};

// The symbol that the shared module exports.
inline constexpr char kBackendSymbol[] = "wasijit_compiler_backend";
using BackendFunction = const Backend*();

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BACKEND_H_
