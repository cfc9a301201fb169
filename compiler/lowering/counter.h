// How code of the first tier finds out that it is hot.
#ifndef WASIJIT_COMPILER_LOWERING_COUNTER_H_
#define WASIJIT_COMPILER_LOWERING_COUNTER_H_

#include <cstdint>

#include "compiler/lowering/code_builder.h"

namespace wasijit::compiler {

// What a call of a function weighs, in iterations of a loop.
inline constexpr int32_t kEntryWeight = 8;
inline constexpr int32_t kIterationWeight = 1;

// Counts the function's counter down (VmContext::counters); calls the runtime
// when it falls below zero. Nothing unless LoweringOptions::counts.
void LowerCount(CodeBuilder& builder, uint32_t function, int32_t weight);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_COUNTER_H_
