// How deep a function's loops are nested.
#ifndef WASIJIT_COMPILER_JIT_LOOP_DEPTH_H_
#define WASIJIT_COMPILER_JIT_LOOP_DEPTH_H_

#include <cstdint>

#include "runtime/module/module.h"

namespace wasijit::compiler {

// 0 for a function without loops. REQUIRES: the function is a valid module's,
// and defined.
uint32_t LoopDepth(const Module& module, uint32_t function);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_LOOP_DEPTH_H_
