// The part of the compiler that contains LLVM, opened when it is first needed:
// a process that only runs compiled code never pays for it.
#ifndef WASIJIT_TOOLS_COMPILER_MODULE_H_
#define WASIJIT_TOOLS_COMPILER_MODULE_H_

#include <string>

#include "absl/status/statusor.h"
#include "compiler/backend.h"
#include "compiler/jit/compile_options.h"
#include "runtime/engine.h"

namespace wasijit::tools {

// Opens libwasijit_compiler.so, which lies beside the program or in
// ../lib/wasijit relative to it. NotFound says where it was looked for;
// FailedPrecondition if it is of another build. Thread-safe; what it returns
// stays valid for ever.
absl::StatusOr<const compiler::Backend*> OpenCompilerModule();

// Where that file is; NotFound says where it was looked for. Does not open it.
absl::StatusOr<std::string> CompilerModulePath();

// For Engine::Create: decodes and validates here, and opens the module for what
// comes after.
CompileFunction LazyCompiler(compiler::CompileOptions options);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_COMPILER_MODULE_H_
