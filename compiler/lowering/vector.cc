#include "compiler/lowering/vector.h"

#include <cassert>
#include <vector>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/numeric.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

// The verb of the strict instruction whose result a relaxed one may have, or
// the verb itself.
Verb StrictVerb(Verb verb) {
  switch (verb) {
    case Verb::kRelaxedSwizzle:
      return Verb::kSwizzle;
    case Verb::kRelaxedTruncS:
      return Verb::kTruncSatS;
    case Verb::kRelaxedTruncU:
      return Verb::kTruncSatU;
    case Verb::kRelaxedTruncZeroS:
      return Verb::kTruncSatZeroS;
    case Verb::kRelaxedTruncZeroU:
      return Verb::kTruncSatZeroU;
    case Verb::kRelaxedLaneselect:
      return Verb::kBitselect;
    case Verb::kRelaxedMin:
      return Verb::kMin;
    case Verb::kRelaxedMax:
      return Verb::kMax;
    case Verb::kRelaxedQ15MulrS:
      return Verb::kQ15MulrSatS;
    default:
      return verb;
  }
}

llvm::Value* LowerForInstructionSet(CodeBuilder& b, Verb verb, Shape shape,
                                    absl::Span<llvm::Value* const> lanes) {
  return b.IsX86() ? LowerVectorForX86_64(b, verb, shape, lanes)
                   : LowerVectorForAArch64(b, verb, shape, lanes);
}

llvm::Value* LowerVerb(CodeBuilder& b, Verb verb, Shape shape,
                       absl::Span<llvm::Value* const> lanes) {
  if (auto* v = LowerForInstructionSet(b, verb, shape, lanes)) return v;
  if (auto* v = LowerVectorBoolean(b, verb, shape, lanes)) return v;
  if (auto* v = LowerVectorArithmetic(b, verb, shape, lanes)) return v;
  if (auto* v = LowerVectorWidth(b, verb, shape, lanes)) return v;
  if (auto* v = LowerVectorConversion(b, verb, shape, lanes)) return v;
  return LowerNumeric(b, verb, shape, lanes);
}

llvm::Value* LowerRelaxed(CodeBuilder& b, Verb verb, Shape shape,
                          absl::Span<llvm::Value* const> lanes) {
  if (!b.IsDeterministic()) {
    if (auto* v = LowerForInstructionSet(b, verb, shape, lanes)) return v;
  }
  if (auto* v = LowerVectorRelaxed(b, verb, shape, lanes)) return v;
  return LowerVerb(b, StrictVerb(verb), shape, lanes);
}

llvm::Value* Constant(CodeBuilder& b, const V128& value) {
  return llvm::ConstantDataVector::get(b.getContext(),
                                       llvm::ArrayRef<uint8_t>(value.bytes));
}

}  // namespace

llvm::Value* LowerVector(CodeBuilder& builder, const Instruction& instruction,
                         absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const InstructionInfo& info = instruction.info();
  if (info.verb == Verb::kConst) return Constant(b, instruction.v128);

  std::vector<llvm::Value*> lanes(operands.begin(), operands.end());
  for (llvm::Value*& operand : lanes) {
    if (operand->getType()->isVectorTy()) {
      operand = b.AsLanes(operand, info.shape);
    }
  }
  llvm::Value* result = LowerVectorLanes(b, instruction, lanes);
  if (result == nullptr) {
    result = info.feature == Feature::kRelaxedSimd
                 ? LowerRelaxed(b, info.verb, info.shape, lanes)
                 : LowerVerb(b, info.verb, info.shape, lanes);
  }
  assert(result != nullptr && "every vector instruction has a meaning");
  return result->getType()->isVectorTy() ? b.AsV128(result) : result;
}

}  // namespace wasijit::compiler
