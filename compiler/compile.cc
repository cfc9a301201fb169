#include "compiler/compile.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/image_compiler.h"
#include "compiler/load.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {

absl::StatusOr<CodeImage> Compile(absl::Span<const uint8_t> bytes,
                                  const CompileOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<const Module> module,
                   LoadModule(bytes, options.features));
  return CompileModule(std::move(module), options);
}

}  // namespace wasijit::compiler
