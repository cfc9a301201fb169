#include "compiler/lowering/counter.h"

#include <cstddef>
#include <cstdint>

#include "compiler/lowering/code_builder.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/vm_context.h"

namespace wasijit::compiler {

void LowerCount(CodeBuilder& builder, uint32_t function, int32_t weight) {
  CodeBuilder& b = builder;
  if (!b.lowering().input().options.counts) return;
  llvm::Value* counters = b.LoadConstantField(
      b.getPtrTy(), b.layout().Context() + offsetof(VmContext, counters));
  llvm::Value* counter = b.CreateConstInBoundsGEP1_64(
      b.getInt32Ty(), counters, function - b.module().num_imported_functions);
  llvm::Value* count = b.CreateSub(b.CreateLoad(b.getInt32Ty(), counter),
                                   b.getInt32(static_cast<uint32_t>(weight)));
  b.CreateStore(count, counter);
  llvm::BasicBlock* hot = b.NewBlock("hot");
  llvm::BasicBlock* proceed = b.NewBlock("counted");
  b.CreateCondBr(b.CreateICmpSLT(count, b.getInt32(0)), hot, proceed,
                 b.UnlikelyWeights());
  b.SetInsertPoint(hot);
  b.CallLibcall(Libcall::kNoteHot, {b.ContextPointer(), b.getInt32(function)});
  b.CreateBr(proceed);
  b.SetInsertPoint(proceed);
}

}  // namespace wasijit::compiler
