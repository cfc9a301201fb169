#include "compiler/lowering/wide_arithmetic.h"

#include <cassert>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

llvm::Value* Join(CodeBuilder& b, llvm::Value* low, llvm::Value* high) {
  llvm::Type* wide = b.getInt128Ty();
  return b.CreateOr(b.CreateShl(b.CreateZExt(high, wide), 64),
                    b.CreateZExt(low, wide));
}

llvm::Value* LowerWide(CodeBuilder& b, Verb verb,
                       absl::Span<llvm::Value* const> x) {
  llvm::Type* wide = b.getInt128Ty();
  switch (verb) {
    case Verb::kAdd128:
      return b.CreateAdd(Join(b, x[0], x[1]), Join(b, x[2], x[3]));
    case Verb::kSub128:
      return b.CreateSub(Join(b, x[0], x[1]), Join(b, x[2], x[3]));
    case Verb::kMulWideS:
      return b.CreateMul(b.CreateSExt(x[0], wide), b.CreateSExt(x[1], wide));
    default:
      assert(verb == Verb::kMulWideU);
      return b.CreateMul(b.CreateZExt(x[0], wide), b.CreateZExt(x[1], wide));
  }
}

}  // namespace

std::vector<llvm::Value*> LowerWideArithmetic(
    CodeBuilder& builder, Verb verb, absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  llvm::Value* wide = LowerWide(b, verb, operands);
  return {b.CreateTrunc(wide, b.getInt64Ty()),
          b.CreateTrunc(b.CreateLShr(wide, 64), b.getInt64Ty())};
}

}  // namespace wasijit::compiler
