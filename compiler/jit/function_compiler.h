// Compiles functions of a module one batch after the other, as the runtime asks
// for them.
#ifndef WASIJIT_COMPILER_JIT_FUNCTION_COMPILER_H_
#define WASIJIT_COMPILER_JIT_FUNCTION_COMPILER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "compiler/jit/compile_options.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// `module` must be valid. Fails as CompileModule does. The code of the best
// tier is that of `options.level`.
absl::StatusOr<std::unique_ptr<const TierCompiler>> NewFunctionCompiler(
    std::shared_ptr<const Module> module, const CompileOptions& options);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_FUNCTION_COMPILER_H_
