// Compiles a whole module into an image.
#ifndef WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_
#define WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "compiler/codegen/image_linker.h"
#include "compiler/jit/batches.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/location_table.h"
#include "compiler/lowering/module_lowering.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// `module` must be valid. Unimplemented if it uses what lowering does not
// know; InvalidArgument if the options name an unknown CPU. Thread-safe.
absl::StatusOr<CodeImage> CompileModule(std::shared_ptr<const Module> module,
                                        const CompileOptions& options);

// Compiles a batch as an image of a part of the module; `module` of the result
// is the caller's to fill in.
absl::StatusOr<CodeImage> CompilePart(const LoweringInput& input,
                                      const BodyIndex& bodies,
                                      const Batch& batch,
                                      LoaderCalls loader_calls);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_IMAGE_COMPILER_H_
