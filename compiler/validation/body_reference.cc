// References and casts (specification, 3.4.2), custom descriptors.
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "compiler/validation/body_validator.h"

namespace wasijit::compiler {

ValueType BodyValidator::ReferenceTo(uint32_t type, bool nullable,
                                     bool exact) const {
  return ValueType::Ref(HeapType::Concrete(context_.type_ids[type], exact),
                        nullable);
}

bool BodyValidator::RefNull() {
  ValueType type;
  if (!Canonical(in_.type, type)) return false;
  stack_.Push(type);
  return true;
}

bool BodyValidator::RefIsNull() {
  ValueType type;
  if (!stack_.PeekReference(type) || !stack_.Pop(type)) return false;
  stack_.Push(ValueType::I32());
  return true;
}

bool BodyValidator::RefFunc() {
  if (in_.index >= context_.functions.size()) {
    return FailUnknown("function", in_.index);
  }
  if (!context_.referenced[in_.index]) {
    return Fail(absl::StrCat("undeclared function reference ", in_.index));
  }
  const ModuleContext::Function& function = context_.functions[in_.index];
  stack_.Push(ValueType::Ref(HeapType::Concrete(function.id, function.exact),
                             /*nullable=*/false));
  return true;
}

bool BodyValidator::RefAsNonNull() {
  ValueType type;
  if (!stack_.PeekReference(type) || !stack_.Pop(type.WithNullable(true))) {
    return false;
  }
  stack_.Push(type.WithNullable(false));
  return true;
}

// Branches with the label's types if the reference is null; else it stays.
bool BodyValidator::BrOnNull() {
  ValueType type;
  if (!CheckLabel(in_.index) || !stack_.PeekReference(type)) return false;
  if (!stack_.Pop(type.WithNullable(true))) return false;
  const Types label = stack_.FrameAt(in_.index).LabelTypes();
  if (!stack_.Pop(label) || !stack_.Push(label)) return false;
  stack_.Push(type.WithNullable(false));
  return true;
}

// Branches with the reference, which is the last of the label's types.
bool BodyValidator::BrOnNonNull() {
  if (!CheckLabel(in_.index)) return false;
  const Types label = stack_.FrameAt(in_.index).LabelTypes();
  if (label.empty() || !label.back().IsRef()) {
    return Fail(absl::StrCat(
        "type mismatch: instruction requires reference type but label has ",
        context_.TypeNames(label)));
  }
  if (!stack_.Pop(label.back().WithNullable(true))) return false;
  const Types rest = label.first(label.size() - 1);
  return stack_.Pop(rest) && stack_.Push(rest);
}

bool BodyValidator::RefTest() {
  ValueType target;
  if (!Canonical(in_.type, target)) return false;
  const HeapType top = context_.registry.Top(target.heap_type());
  if (!stack_.Pop(ValueType::Ref(top, /*nullable=*/true))) return false;
  stack_.Push(ValueType::I32());
  return true;
}

bool BodyValidator::RefCast() {
  ValueType target;
  if (!Canonical(in_.type, target)) return false;
  const HeapType top = context_.registry.Top(target.heap_type());
  if (!stack_.Pop(ValueType::Ref(top, /*nullable=*/true))) return false;
  stack_.Push(target);
  return true;
}

// The type of the descriptor operand of a cast to `target`.
bool BodyValidator::DescriptorOf(ValueType target, ValueType& descriptor) {
  const HeapType heap_type = target.heap_type();
  if (heap_type.IsConcrete()) {
    const SubType& type = context_.Definition(heap_type.type_index());
    if (type.descriptor) {
      descriptor = ValueType::Ref(
          HeapType::Concrete(*type.descriptor, heap_type.IsExact()),
          /*nullable=*/true);
      return true;
    }
  }
  return Fail(absl::StrCat("type ", context_.TypeName(heap_type),
                           " does not have a descriptor"));
}

bool BodyValidator::RefCastDescEq() {
  ValueType target;
  ValueType descriptor;
  if (!Canonical(in_.type, target) || !DescriptorOf(target, descriptor)) {
    return false;
  }
  const HeapType top = context_.registry.Top(target.heap_type());
  const ValueType operands[] = {ValueType::Ref(top, /*nullable=*/true),
                                descriptor};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(target);
  return true;
}

// All four branching casts. What does not match has the source type, without
// null if the target takes null.
bool BodyValidator::BrOnCast() {
  const Verb verb = in_.verb();
  const bool on_fail =
      verb == Verb::kBrOnCastFail || verb == Verb::kBrOnCastDescEqFail;
  const bool by_descriptor =
      verb == Verb::kBrOnCastDescEq || verb == Verb::kBrOnCastDescEqFail;

  ValueType source;
  ValueType target;
  ValueType descriptor;
  if (!CheckLabel(in_.index) || !Canonical(in_.type, source) ||
      !Canonical(in_.type2, target)) {
    return false;
  }
  // Custom descriptors relax the rule to a common hierarchy.
  const bool related = context_.features.Has(Feature::kCustomDescriptors)
                           ? context_.registry.Top(source.heap_type()) ==
                                 context_.registry.Top(target.heap_type())
                           : context_.Matches(target, source);
  if (!related) {
    return Fail(
        absl::StrCat("type mismatch on cast: ", context_.TypeName(target),
                     " does not match ", context_.TypeName(source)));
  }
  const ValueType rest =
      target.IsNullable() ? source.WithNullable(false) : source;
  const ValueType taken = on_fail ? rest : target;
  const Types label = stack_.FrameAt(in_.index).LabelTypes();
  if (label.empty() || !context_.Matches(taken, label.back())) {
    return Fail(absl::StrCat("type mismatch: instruction requires type ",
                             context_.TypeName(taken), " but label has ",
                             context_.TypeNames(label)));
  }
  if (by_descriptor) {
    if (!DescriptorOf(target, descriptor) || !stack_.Pop(descriptor)) {
      return false;
    }
  }
  const Types others = label.first(label.size() - 1);
  if (!stack_.Pop(source) || !stack_.Pop(others) || !stack_.Push(others)) {
    return false;
  }
  stack_.Push(on_fail ? target : rest);
  return true;
}

bool BodyValidator::ConvertReference(AbstractHeapType from,
                                     AbstractHeapType to) {
  ValueType type;
  if (!stack_.PeekReference(type)) return false;
  if (!stack_.Pop(ValueType::Ref(from, type.IsNullable()))) return false;
  stack_.Push(ValueType::Ref(to, type.IsNullable()));
  return true;
}

// The result is as exact as the operand.
bool BodyValidator::RefGetDesc() {
  if (in_.index >= context_.type_ids.size()) {
    return FailUnknown("type", in_.index);
  }
  const SubType& definition = context_.Definition(context_.type_ids[in_.index]);
  if (!definition.descriptor) {
    return Fail(absl::StrCat("type without descriptor ", in_.index));
  }
  ValueType operand;
  if (!stack_.PeekReference(operand)) return false;
  const ValueType exact =
      ReferenceTo(in_.index, /*nullable=*/true, /*exact=*/true);
  const bool is_exact = context_.Matches(operand, exact);
  if (!stack_.Pop(is_exact ? exact
                           : ReferenceTo(in_.index, /*nullable=*/true))) {
    return false;
  }
  stack_.Push(
      ValueType::Ref(HeapType::Concrete(*definition.descriptor, is_exact),
                     /*nullable=*/false));
  return true;
}

}  // namespace wasijit::compiler
