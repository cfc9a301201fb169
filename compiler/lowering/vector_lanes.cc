#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// A scalar operand as a lane: i8 and i16 lanes come from the low bits of an
// i32.
llvm::Value* ToLane(CodeBuilder& b, llvm::Value* scalar, Shape shape) {
  llvm::Type* lane = b.TypeOf(shape)->getScalarType();
  return lane->isIntegerTy() ? b.CreateTrunc(scalar, lane) : scalar;
}

llvm::Value* LowerShuffle(CodeBuilder& b, const V128& indices, llvm::Value* x,
                          llvm::Value* y) {
  std::array<int, 16> mask;
  for (size_t i = 0; i < mask.size(); ++i) mask[i] = indices.bytes[i];
  return b.CreateShuffleVector(x, y, mask);
}

}  // namespace

llvm::Value* LowerVectorLanes(CodeBuilder& builder,
                              const Instruction& instruction,
                              absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  const Shape shape = instruction.info().shape;
  const uint64_t lane = instruction.lane;
  switch (instruction.verb()) {
    case Verb::kSplat:
      return b.CreateVectorSplat(LaneCount(shape), ToLane(b, x[0], shape));
    case Verb::kExtractLane:
      return b.CreateExtractElement(x[0], lane);
    case Verb::kExtractLaneS:
      return b.CreateSExt(b.CreateExtractElement(x[0], lane), b.getInt32Ty());
    case Verb::kExtractLaneU:
      return b.CreateZExt(b.CreateExtractElement(x[0], lane), b.getInt32Ty());
    case Verb::kReplaceLane:
      return b.CreateInsertElement(x[0], ToLane(b, x[1], shape), lane);
    case Verb::kShuffle:
      return LowerShuffle(b, instruction.v128, x[0], x[1]);
    default:
      return nullptr;
  }
}

}  // namespace wasijit::compiler
