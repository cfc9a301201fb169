#include <cstdint>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/memory.h"
#include "compiler/lowering/vector.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

llvm::Value* Address(CodeBuilder& b, const Instruction& instruction,
                     llvm::Value* index) {
  return MemoryAddress(b, instruction.memarg, index,
                       uint64_t{1} << instruction.info().access_size_log2);
}

llvm::Value* Load(CodeBuilder& b, const Instruction& instruction,
                  llvm::Type* type, llvm::Value* index) {
  return LoadMemory(b, instruction.memarg, type,
                    Address(b, instruction, index));
}

// The type of one lane, which for these instructions is what they access.
llvm::Type* LaneType(CodeBuilder& b, Shape shape) {
  return b.TypeOf(shape)->getScalarType();
}

// 64 bits of lanes of half the width.
llvm::Value* LoadHalf(CodeBuilder& b, const Instruction& instruction,
                      llvm::Value* index) {
  const Shape shape = instruction.info().shape;
  return Load(b, instruction,
              llvm::FixedVectorType::get(b.getIntNTy(64 / LaneCount(shape)),
                                         LaneCount(shape)),
              index);
}

}  // namespace

llvm::Value* LowerVectorMemory(CodeBuilder& builder,
                               const Instruction& instruction,
                               absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  const Shape shape = instruction.info().shape;
  llvm::Type* type = b.TypeOf(shape);
  llvm::Type* lane = LaneType(b, shape);
  switch (instruction.verb()) {
    case Verb::kLoad8x8S:
    case Verb::kLoad16x4S:
    case Verb::kLoad32x2S:
      return b.AsV128(b.CreateSExt(LoadHalf(b, instruction, x[0]), type));
    case Verb::kLoad8x8U:
    case Verb::kLoad16x4U:
    case Verb::kLoad32x2U:
      return b.AsV128(b.CreateZExt(LoadHalf(b, instruction, x[0]), type));
    case Verb::kLoad8Splat:
    case Verb::kLoad16Splat:
    case Verb::kLoad32Splat:
    case Verb::kLoad64Splat:
      return b.AsV128(b.CreateVectorSplat(LaneCount(shape),
                                          Load(b, instruction, lane, x[0])));
    case Verb::kLoad32Zero:
    case Verb::kLoad64Zero:
      return b.AsV128(b.CreateInsertElement(llvm::Constant::getNullValue(type),
                                            Load(b, instruction, lane, x[0]),
                                            uint64_t{0}));
    case Verb::kLoad8Lane:
    case Verb::kLoad16Lane:
    case Verb::kLoad32Lane:
    case Verb::kLoad64Lane:
      return b.AsV128(b.CreateInsertElement(b.AsLanes(x[1], shape),
                                            Load(b, instruction, lane, x[0]),
                                            uint64_t{instruction.lane}));
    default: {
      llvm::Value* value = b.CreateExtractElement(b.AsLanes(x[1], shape),
                                                  uint64_t{instruction.lane});
      StoreMemory(b, instruction.memarg, value, Address(b, instruction, x[0]));
      return nullptr;
    }
  }
}

}  // namespace wasijit::compiler
