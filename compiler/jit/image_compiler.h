// Compiles a whole module into an image.
#ifndef WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_
#define WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "compiler/jit/compile_options.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// `module` must be valid. Unimplemented if it uses what lowering does not
// know; InvalidArgument if the options name an unknown CPU. Thread-safe.
absl::StatusOr<CodeImage> CompileModule(std::shared_ptr<const Module> module,
                                        const CompileOptions& options);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_
