// Parametric instructions and variables (specification, 3.4.3, 3.4.4).
#include "absl/strings/str_cat.h"
#include "compiler/validation/body_validator.h"

namespace wasijit::compiler {

bool BodyValidator::Drop() {
  ValueType type;
  return stack_.PopAny(type);
}

// Without a type immediate, select takes numbers and vectors only (3.4.3).
bool BodyValidator::Select() {
  ValueType first;
  ValueType second;
  if (!stack_.Pop(ValueType::I32()) || !stack_.PopAny(second) ||
      !stack_.PopAny(first)) {
    return false;
  }
  if (first.IsRef() || second.IsRef()) {
    return Fail(absl::StrCat(
        "type mismatch: instruction requires numeric or vector type but stack "
        "has ",
        context_.TypeName(first.IsRef() ? first : second)));
  }
  if (first != second && !first.IsBottom() && !second.IsBottom()) {
    const ValueType required[] = {first, first};
    const ValueType present[] = {first, second};
    return Fail(absl::StrCat("type mismatch: instruction requires ",
                             context_.TypeNames(required), " but stack has ",
                             context_.TypeNames(present)));
  }
  stack_.Push(first.IsBottom() ? second : first);
  return true;
}

bool BodyValidator::SelectTyped() {
  if (in_.types.size() != 1) {
    return Fail("invalid result arity: select has one result");
  }
  ValueType type;
  if (!Canonical(in_.types[0], type)) return false;
  const ValueType operands[] = {type, type, ValueType::I32()};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(type);
  return true;
}

bool BodyValidator::LocalGet() {
  if (in_.index >= locals_.count()) return FailUnknown("local", in_.index);
  const ValueType type = locals_.At(in_.index);
  if (!type.IsDefaultable() && !locals_.IsInitialized(in_.index)) {
    return Fail(absl::StrCat("uninitialized local ", in_.index));
  }
  stack_.Push(type);
  return true;
}

bool BodyValidator::LocalSet() {
  if (in_.index >= locals_.count()) return FailUnknown("local", in_.index);
  const ValueType type = locals_.At(in_.index);
  if (!type.IsDefaultable()) locals_.SetInitialized(in_.index);
  return stack_.Pop(type);
}

bool BodyValidator::LocalTee() {
  if (!LocalSet()) return false;
  stack_.Push(locals_.At(in_.index));
  return true;
}

bool BodyValidator::GlobalGet() {
  if (in_.index >= context_.globals.size()) {
    return FailUnknown("global", in_.index);
  }
  const GlobalType& global = context_.globals[in_.index];
  if (!function_) {
    if (global.is_mutable) return Fail("constant expression required");
    // Before the proposal, only imported globals could be used.
    if (in_.index >= context_.module.num_imported_globals &&
        !CheckFeature(Feature::kGc)) {
      return false;
    }
  }
  stack_.Push(global.value);
  return true;
}

bool BodyValidator::GlobalSet() {
  if (in_.index >= context_.globals.size()) {
    return FailUnknown("global", in_.index);
  }
  const GlobalType& global = context_.globals[in_.index];
  if (!global.is_mutable) return Fail("immutable global");
  return stack_.Pop(global.value);
}

}  // namespace wasijit::compiler
