#include "compiler/lowering/cast.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/gc_object.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Value.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/libcalls.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// Answers that arise in different places.
class Answer {
 public:
  explicit Answer(CodeBuilder& b) : b_(b), done_(b.NewBlock("is.done")) {
    llvm::IRBuilderBase::InsertPointGuard guard(b);
    b.SetInsertPoint(done_);
    phi_ = b.CreatePHI(b.getInt1Ty(), 4);
  }

  // If `condition` holds the answer is `value`; goes on otherwise.
  void If(llvm::Value* condition, bool value, const char* otherwise) {
    llvm::BasicBlock* rest = b_.NewBlock(otherwise);
    phi_->addIncoming(b_.getInt1(value), b_.GetInsertBlock());
    b_.CreateCondBr(condition, done_, rest);
    b_.SetInsertPoint(rest);
  }
  // The answer of this place; the next one is behind all.
  llvm::Value* Finish(llvm::Value* value) {
    phi_->addIncoming(value, b_.GetInsertBlock());
    b_.CreateBr(done_);
    done_->moveAfter(b_.GetInsertBlock());
    b_.SetInsertPoint(done_);
    return phi_;
  }

 private:
  CodeBuilder& b_;
  llvm::BasicBlock* done_;
  llvm::PHINode* phi_;
};

// Declared supertypes above a type.
uint32_t Depth(const Module& module, uint32_t type) {
  uint32_t depth = 0;
  std::optional<uint32_t> super = module.types[type].supertype;
  for (; super.has_value(); super = module.types[*super].supertype) ++depth;
  return depth;
}

bool HasSubtypes(const Module& module, HeapType type) {
  return !type.IsExact() && !module.types[type.type_index()].is_final;
}

llvm::Value* IsSubtypeByCall(CodeBuilder& b, llvm::Value* sub,
                             llvm::Value* super) {
  return b.CallLibcall(Libcall::kIsSubtype, {b.ContextPointer(), sub, super});
}

// Whether an object, by its header, is of a structure or array type.
llvm::Value* IsObjectOf(CodeBuilder& b, HeapType target, llvm::Value* header) {
  llvm::Value* expected = GcHeaderOfType(b, target.type_index());
  llvm::Value* is_same = b.CreateICmpEQ(header, expected);
  if (!HasSubtypes(b.module(), target)) return is_same;
  Answer answer(b);
  answer.If(is_same, true, "is.below");
  const uint32_t depth = Depth(b.module(), target.type_index());
  if (depth >= kGcDisplaySize) {
    return answer.Finish(IsSubtypeByCall(b, header, expected));
  }
  llvm::Value* super =
      b.CreateLoad(b.getInt32Ty(),
                   GcPart(b, GcDisplay(b, header), depth * sizeof(uint32_t)));
  return answer.Finish(b.CreateICmpEQ(super, expected));
}

llvm::Value* IsObjectOf(CodeBuilder& b, AbstractHeapType target,
                        llvm::Value* header) {
  const auto is_of_kind = [&](GcKind kind) {
    return b.CreateICmpEQ(b.CreateLShr(header, kGcKindShift),
                          b.getInt32(static_cast<uint32_t>(kind)));
  };
  switch (target) {
    case AbstractHeapType::kStruct:
      return is_of_kind(GcKind::kStructure);
    case AbstractHeapType::kArray:
      return is_of_kind(GcKind::kArray);
    default:
      // What is not the embedder's is eq.
      return b.CreateNot(is_of_kind(GcKind::kBox));
  }
}

llvm::Value* HeaderOf(CodeBuilder& b, llvm::Value* object) {
  return b.CreateAlignedLoad(b.getInt32Ty(), object, llvm::Align(kGcAlignment));
}

// Whether the header and, directly behind it, the descriptor are these. One
// comparison of both.
llvm::Value* BeginsWith(CodeBuilder& b, llvm::Value* object,
                        llvm::Value* header, llvm::Value* descriptor) {
  llvm::Type* word = b.getInt64Ty();
  return b.CreateICmpEQ(
      b.CreateAlignedLoad(word, object, llvm::Align(kGcAlignment)),
      b.CreateOr(b.CreateShl(b.CreateZExt(descriptor, word), 32),
                 b.CreateZExt(header, word)));
}

// In the any hierarchy, which includes numbers.
llvm::Value* TestGcReference(CodeBuilder& b, ValueType target,
                             llvm::Value* reference) {
  const HeapType type = target.heap_type();
  const bool is_eq = type.Is(AbstractHeapType::kEq);
  Answer answer(b);
  answer.If(b.CreateIsNull(reference), target.IsNullable(), "is.some");
  llvm::Value* is_i31 = b.CreateTrunc(reference, b.getInt1Ty());
  if (type.Is(AbstractHeapType::kI31)) return answer.Finish(is_i31);
  answer.If(is_i31, is_eq, "is.object");
  llvm::Value* header = HeaderOf(b, GcObjectAddress(b, reference));
  return answer.Finish(type.IsConcrete()
                           ? IsObjectOf(b, type, header)
                           : IsObjectOf(b, type.abstract(), header));
}

llvm::Value* TestFunction(CodeBuilder& b, ValueType target,
                          llvm::Value* reference) {
  const uint32_t type = target.heap_type().type_index();
  Answer answer(b);
  answer.If(b.CreateIsNull(reference), target.IsNullable(), "is.some");
  llvm::Value* found =
      b.LoadConstant(b.getInt32Ty(), reference, offsetof(VmFunction, type_id));
  llvm::Value* expected = GcHeaderOfType(b, type);
  llvm::Value* is_same = b.CreateICmpEQ(found, expected);
  if (!HasSubtypes(b.module(), target.heap_type())) {
    return answer.Finish(is_same);
  }
  answer.If(is_same, true, "is.below");
  return answer.Finish(IsSubtypeByCall(b, found, expected));
}

bool IsBottom(HeapType type) {
  return type.Is(AbstractHeapType::kNone) ||
         type.Is(AbstractHeapType::kNoFunc) ||
         type.Is(AbstractHeapType::kNoExtern) ||
         type.Is(AbstractHeapType::kNoExn);
}

}  // namespace

llvm::Value* LowerTypeTest(CodeBuilder& builder, ValueType target,
                           llvm::Value* reference) {
  CodeBuilder& b = builder;
  const HeapType type = target.heap_type();
  if (IsBottom(type)) {
    return target.IsNullable() ? b.CreateIsNull(reference) : b.getFalse();
  }
  const AbstractHeapType top = b.module().Top(type);
  if (type.Is(top)) {
    return target.IsNullable() ? b.getTrue() : b.CreateIsNotNull(reference);
  }
  return top == AbstractHeapType::kAny ? TestGcReference(b, target, reference)
                                       : TestFunction(b, target, reference);
}

// The descriptor alone would tell, but only objects of the type have one where
// it is looked for.
llvm::Value* LowerDescriptorTest(CodeBuilder& builder, ValueType target,
                                 llvm::Value* reference,
                                 llvm::Value* descriptor) {
  CodeBuilder& b = builder;
  b.TrapIf(b.CreateIsNull(descriptor), TrapKind::kNullDescriptorReference);
  const HeapType type = target.heap_type();
  const uint32_t place =
      b.lowering().input().structures[type.type_index()].descriptor;
  Answer answer(b);
  answer.If(b.CreateIsNull(reference), target.IsNullable(), "is.some");
  answer.If(b.CreateTrunc(reference, b.getInt1Ty()), false, "is.object");
  llvm::Value* object = GcObjectAddress(b, reference);
  if (place == sizeof(uint32_t) && !HasSubtypes(b.module(), type)) {
    return answer.Finish(BeginsWith(
        b, object, GcHeaderOfType(b, type.type_index()), descriptor));
  }
  answer.If(b.CreateNot(IsObjectOf(b, type, HeaderOf(b, object))), false,
            "is.described");
  return answer.Finish(b.CreateICmpEQ(
      b.CreateLoad(b.getInt32Ty(), GcPart(b, object, place)), descriptor));
}

}  // namespace wasijit::compiler
