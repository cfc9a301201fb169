#include "compiler/lowering/counter.h"

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "compiler/lowering/call.h"
#include "compiler/lowering/code_builder.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/vm_context.h"

namespace wasijit::compiler {
namespace {

// Adds to a field of the function's counter.
llvm::Value* Add(CodeBuilder& b, uint32_t function, size_t field,
                 int32_t number) {
  llvm::Value* counters = b.LoadConstantField(
      b.getPtrTy(), b.layout().Context() + offsetof(VmContext, counters));
  const size_t defined = function - b.module().num_imported_functions;
  llvm::Value* address = b.CreateConstInBoundsGEP1_64(
      b.getInt8Ty(), counters, defined * sizeof(VmCounter) + field);
  llvm::Value* sum = b.CreateAdd(b.CreateLoad(b.getInt32Ty(), address),
                                 b.getInt32(static_cast<uint32_t>(number)));
  b.CreateStore(sum, address);
  return sum;
}

// Takes from the function's patience. Goes on in a new block; returns the one
// for when there is none left, where code is to be appended.
struct Fork {
  llvm::BasicBlock* hot;
  llvm::BasicBlock* proceed;
};
Fork TakePatience(CodeBuilder& b, uint32_t function, int32_t weight) {
  llvm::Value* left = Add(b, function, offsetof(VmCounter, patience), -weight);
  const Fork fork = {b.NewBlock("hot"), b.NewBlock("counted")};
  b.CreateCondBr(b.CreateICmpSLT(left, b.getInt32(0)), fork.hot, fork.proceed,
                 b.UnlikelyWeights());
  b.SetInsertPoint(fork.hot);
  return fork;
}

void Count(CodeBuilder& b, uint32_t function, int32_t weight) {
  const Fork fork = TakePatience(b, function, weight);
  b.CallLibcall(Libcall::kNoteHot, {b.ContextPointer(), b.getInt32(function)});
  b.CreateBr(fork.proceed);
  b.SetInsertPoint(fork.proceed);
}

bool Counts(CodeBuilder& b) { return b.lowering().input().options.counts; }

}  // namespace

void LowerCallCount(CodeBuilder& builder, uint32_t function) {
  if (!Counts(builder)) return;
  Add(builder, function, offsetof(VmCounter, calls), 1);
  Count(builder, function, kCallWeight);
}

void LowerIterationCount(CodeBuilder& builder, uint32_t function) {
  if (Counts(builder)) Count(builder, function, 1);
}

void LowerIterationCount(CodeBuilder& builder, uint32_t function, uint32_t loop,
                         absl::FunctionRef<Values()> state) {
  CodeBuilder& b = builder;
  if (!Counts(b)) return;
  const Fork fork = TakePatience(b, function, 1);
  llvm::Value* code = b.CallLibcall(
      Libcall::kReplaceLoop,
      {b.ContextPointer(), b.getInt32(function), b.getInt32(loop)});
  llvm::BasicBlock* replace = b.NewBlock("replace");
  b.CreateCondBr(b.CreateIsNull(code), fork.proceed, replace);
  b.SetInsertPoint(replace);
  LowerReplacement(b, function, code, state());
  b.SetInsertPoint(fork.proceed);
}

}  // namespace wasijit::compiler
