// The entry point of libwasijit_compiler.so.

#include "compiler/backend.h"
#include "compiler/jit/function_compiler.h"
#include "compiler/jit/image_compiler.h"
#include "compiler/jit/listing.h"

// Nothing in this module is ever destroyed: its threads may be compiling when
// the process ends, and nobody waits for them.
extern "C" __attribute__((visibility("hidden"))) int __cxa_atexit(
    void (* /*destructor*/)(void*), void* /*object*/, void* /*module*/) {
  return 0;
}

extern "C" __attribute__((visibility("default")))
const wasijit::compiler::Backend*
wasijit_compiler_backend() {
  static constexpr wasijit::compiler::Backend kBackend = {
      .build = WASIJIT_BUILD_ID,
      .compile = wasijit::compiler::CompileModule,
      .new_function_compiler = wasijit::compiler::NewFunctionCompiler,
      .list = wasijit::compiler::ListModule,
  };
  return &kBackend;
}
