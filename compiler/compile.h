// The whole compiler: bytes in, code image out.
#ifndef WASIJIT_COMPILER_COMPILE_H_
#define WASIJIT_COMPILER_COMPILE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/jit/compile_options.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

// Fails as LoadModule (compiler/load.h) and CompileModule
// (compiler/jit/image_compiler.h) do. Thread-safe.
absl::StatusOr<CodeImage> Compile(absl::Span<const uint8_t> bytes,
                                  const CompileOptions& options);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_COMPILE_H_
