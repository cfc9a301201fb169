// Compilation that remembers.
#ifndef WASIJIT_TOOLS_CACHED_COMPILER_H_
#define WASIJIT_TOOLS_CACHED_COMPILER_H_

#include <memory>

#include "compiler/jit/compile_options.h"
#include "runtime/code_cache.h"
#include "runtime/engine.h"

namespace wasijit::tools {

// For Engine::Create: takes the code from the cache, or else compiles and puts
// it there: if functions are compiled when they are called, the whole module is
// compiled for the cache after this process has ended. On a hit the module is
// neither decoded nor validated, and the compiler is not loaded: that bytes are
// known means that they were valid.
CompileFunction CachedCompiler(compiler::CompileOptions options,
                               std::shared_ptr<const CodeCache> cache);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_CACHED_COMPILER_H_
