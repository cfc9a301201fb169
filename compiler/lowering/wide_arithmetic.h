// 128-bit integer arithmetic on pairs of i64.
#ifndef WASIJIT_COMPILER_LOWERING_WIDE_ARITHMETIC_H_
#define WASIJIT_COMPILER_LOWERING_WIDE_ARITHMETIC_H_

#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {

// The low and the high half of the result; operands of 128 bits are pairs in
// the same order.
// REQUIRES: the verb is Add128, Sub128, MulWideS or MulWideU.
std::vector<llvm::Value*> LowerWideArithmetic(
    CodeBuilder& builder, Verb verb, absl::Span<llvm::Value* const> operands);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_WIDE_ARITHMETIC_H_
