#include "compiler/lowering/reference.h"

#include <cstddef>
#include <cstdint>

#include "compiler/lowering/call.h"
#include "compiler/lowering/cast.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/gc_aggregate.h"
#include "compiler/lowering/gc_object.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"

namespace wasijit::compiler {
namespace {

llvm::Value* ToI32(CodeBuilder& b, llvm::Value* truth) {
  return b.CreateZExt(truth, b.getInt32Ty());
}

llvm::Value* RefI31(CodeBuilder& b, llvm::Value* number) {
  return b.CreateOr(b.CreateShl(number, 1), 1);
}

llvm::Value* I31Get(CodeBuilder& b, Verb verb, llvm::Value* reference) {
  b.TrapIf(b.CreateIsNull(reference), TrapKind::kNullI31Reference);
  return verb == Verb::kI31GetS ? b.CreateAShr(reference, 1)
                                : b.CreateLShr(reference, 1);
}

llvm::Value* RefCast(CodeBuilder& b, ValueType target, llvm::Value* reference) {
  b.TrapUnless(LowerTypeTest(b, target, reference), TrapKind::kCastFailure);
  return reference;
}

llvm::Value* RefCastDescEq(CodeBuilder& b, ValueType target,
                           llvm::Value* reference, llvm::Value* descriptor) {
  b.TrapUnless(LowerDescriptorTest(b, target, reference, descriptor),
               TrapKind::kDescriptorCastFailure);
  return reference;
}

// Null and internal references have themselves in the lower half; what is the
// embedder's goes into a box.
llvm::Value* AnyConvertExtern(CodeBuilder& b, llvm::Value* external) {
  llvm::Value* bits = b.CreatePtrToInt(external, b.getInt64Ty());
  llvm::Value* is_internal = b.CreateICmpEQ(
      b.CreateLShr(bits, 32), b.getInt64(kInternalExternTag >> 32));
  llvm::BasicBlock* from = b.GetInsertBlock();
  llvm::BasicBlock* box = b.NewBlock("convert.box");
  llvm::BasicBlock* done = b.NewBlock("convert.done");
  llvm::Value* low = b.CreateTrunc(bits, b.getInt32Ty());
  b.CreateCondBr(b.CreateOr(b.CreateIsNull(bits), is_internal), done, box);

  b.SetInsertPoint(box);
  llvm::Value* boxed =
      b.CallLibcall(Libcall::kGcBox, {b.ContextPointer(), bits});
  b.TrapIf(b.CreateIsNull(boxed), TrapKind::kAllocationFailure);
  llvm::BasicBlock* boxed_block = b.GetInsertBlock();
  b.CreateBr(done);

  b.SetInsertPoint(done);
  llvm::PHINode* reference = b.CreatePHI(b.getInt32Ty(), 2);
  reference->addIncoming(low, from);
  reference->addIncoming(boxed, boxed_block);
  return reference;
}

llvm::Value* ExternConvertAny(CodeBuilder& b, llvm::Value* reference) {
  llvm::Value* tagged =
      b.CreateIntToPtr(b.CreateOr(b.CreateZExt(reference, b.getInt64Ty()),
                                  b.getInt64(kInternalExternTag)),
                       b.getPtrTy());
  llvm::BasicBlock* object = b.NewBlock("convert.object");
  llvm::BasicBlock* unbox = b.NewBlock("convert.unbox");
  llvm::BasicBlock* done = b.NewBlock("convert.done");
  llvm::Value* inside =
      b.CreateSelect(b.CreateIsNull(reference),
                     llvm::ConstantPointerNull::get(b.getPtrTy()), tagged);
  llvm::BasicBlock* from = b.GetInsertBlock();
  b.CreateCondBr(b.CreateOr(b.CreateIsNull(reference),
                            b.CreateTrunc(reference, b.getInt1Ty())),
                 done, object);

  b.SetInsertPoint(object);
  llvm::Value* address = GcObjectAddress(b, reference);
  llvm::Value* header = b.CreateLoad(b.getInt32Ty(), address);
  b.CreateCondBr(
      b.CreateICmpUGE(header, b.getInt32(GcHeader(GcKind::kBox, kNoType))),
      unbox, done);

  b.SetInsertPoint(unbox);
  llvm::Value* content =
      b.CreateLoad(b.getPtrTy(), GcPart(b, address, kGcBoxContent));
  b.CreateBr(done);

  b.SetInsertPoint(done);
  llvm::PHINode* external = b.CreatePHI(b.getPtrTy(), 3);
  external->addIncoming(inside, from);
  external->addIncoming(tagged, object);
  external->addIncoming(content, unbox);
  return external;
}

}  // namespace

size_t ReferenceOperandCount(const Module& module,
                             const Instruction& instruction) {
  if (instruction.info().signature.monomorphic) {
    return instruction.info().signature.operand_count;
  }
  switch (instruction.verb()) {
    case Verb::kRefNull:
    case Verb::kRefFunc:
      return 0;
    case Verb::kRefIsNull:
    case Verb::kRefAsNonNull:
    case Verb::kRefTest:
    case Verb::kRefCast:
    case Verb::kRefGetDesc:
    case Verb::kAnyConvertExtern:
    case Verb::kExternConvertAny:
      return 1;
    case Verb::kRefCastDescEq:
      return 2;
    default:
      return AggregateOperandCount(module, instruction);
  }
}

Values LowerReferenceInstruction(CodeBuilder& builder,
                                 const Instruction& instruction,
                                 const Values& operands) {
  CodeBuilder& b = builder;
  const Values& x = operands;
  const Verb verb = instruction.verb();
  switch (verb) {
    case Verb::kRefNull:
      return {llvm::Constant::getNullValue(b.TypeOf(instruction.type))};
    case Verb::kRefIsNull:
      return {ToI32(b, b.CreateIsNull(x[0]))};
    case Verb::kRefFunc:
      return {LowerFunctionReference(b, instruction.index)};
    case Verb::kRefEq:
      return {ToI32(b, b.CreateICmpEQ(x[0], x[1]))};
    case Verb::kRefAsNonNull:
      b.TrapIf(b.CreateIsNull(x[0]), TrapKind::kNullReference);
      return {x[0]};
    case Verb::kRefTest:
      return {ToI32(b, LowerTypeTest(b, instruction.type, x[0]))};
    case Verb::kRefCast:
      return {RefCast(b, instruction.type, x[0])};
    case Verb::kRefGetDesc:
      return {LowerGetDescriptor(b, instruction.index, x[0])};
    case Verb::kRefCastDescEq:
      return {RefCastDescEq(b, instruction.type, x[0], x[1])};
    case Verb::kRefI31:
      return {RefI31(b, x[0])};
    case Verb::kI31GetS:
    case Verb::kI31GetU:
      return {I31Get(b, verb, x[0])};
    case Verb::kAnyConvertExtern:
      return {AnyConvertExtern(b, x[0])};
    case Verb::kExternConvertAny:
      return {ExternConvertAny(b, x[0])};
    default:
      return LowerAggregate(b, instruction, operands);
  }
}

}  // namespace wasijit::compiler
