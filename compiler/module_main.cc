// The entry point of libwasijit_compiler.so.

#include "compiler/backend.h"
#include "compiler/jit/image_compiler.h"
#include "compiler/jit/listing.h"

extern "C" __attribute__((visibility("default")))
const wasijit::compiler::Backend*
wasijit_compiler_backend() {
  static constexpr wasijit::compiler::Backend kBackend = {
      .build = WASIJIT_BUILD_ID,
      .compile = wasijit::compiler::CompileModule,
      .list = wasijit::compiler::ListModule,
  };
  return &kBackend;
}
