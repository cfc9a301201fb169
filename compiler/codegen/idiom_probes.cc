#include "compiler/codegen/idiom_probes.h"

#include "compiler/target/symbols.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

namespace wasijit::compiler {
namespace {

void ProbeLastByte(llvm::IRBuilder<>& builder, llvm::Value* start,
                   llvm::Value* size) {
  llvm::Value* last = builder.CreateGEP(
      builder.getInt8Ty(), start,
      builder.CreateSub(size, llvm::ConstantInt::get(size->getType(), 1)));
  builder.CreateAlignedLoad(builder.getInt8Ty(), last, llvm::Align(1),
                            /*isVolatile=*/true);
}

void Probe(llvm::MemIntrinsic& idiom) {
  llvm::Value* size = idiom.getLength();
  llvm::Instruction* before = &idiom;
  if (const auto* known = llvm::dyn_cast<llvm::ConstantInt>(size)) {
    if (known->isZero()) return;
  } else {
    llvm::IRBuilder<> builder(&idiom);
    before = llvm::SplitBlockAndInsertIfThen(builder.CreateIsNotNull(size),
                                             &idiom, /*Unreachable=*/false);
  }
  llvm::IRBuilder<> builder(before);
  builder.SetCurrentDebugLocation(idiom.getDebugLoc());
  if (const auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(&idiom)) {
    ProbeLastByte(builder, copy->getRawSource(), size);
  }
  ProbeLastByte(builder, idiom.getRawDest(), size);
}

}  // namespace

llvm::PreservedAnalyses IdiomProbesPass::run(llvm::Function& function,
                                             llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::MemIntrinsic*, 4> idioms;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    auto* idiom = llvm::dyn_cast<llvm::MemIntrinsic>(&instruction);
    if (idiom != nullptr && !idiom->hasMetadata(kCheckedRangeMetadata)) {
      idioms.push_back(idiom);
    }
  }
  for (llvm::MemIntrinsic* idiom : idioms) Probe(*idiom);
  return idioms.empty() ? llvm::PreservedAnalyses::all()
                        : llvm::PreservedAnalyses::none();
}

}  // namespace wasijit::compiler
