// How code of the first tier finds out that it is hot, and leaves its loops for
// better code. Nothing unless LoweringOptions::counts.
#ifndef WASIJIT_COMPILER_LOWERING_COUNTER_H_
#define WASIJIT_COMPILER_LOWERING_COUNTER_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"

namespace wasijit::compiler {

// What a call of a function weighs, in iterations of a loop.
inline constexpr int32_t kCallWeight = 8;

// Counts a call of the function (VmContext::counters).
void LowerCallCount(CodeBuilder& builder, uint32_t function);

// Counts an iteration at the head of a loop, which the offset of its
// instruction names. Code that takes this code's place there receives `state`.
void LowerIterationCount(CodeBuilder& builder, uint32_t function, uint32_t loop,
                         absl::FunctionRef<Values()> state);
// The same if no code can.
void LowerIterationCount(CodeBuilder& builder, uint32_t function);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_COUNTER_H_
