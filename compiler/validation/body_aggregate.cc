// Structures and arrays (specification, 3.4.2).
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "compiler/validation/body_validator.h"

namespace wasijit::compiler {
namespace {

// Implementation limit on the operands of array.new_fixed: that of other
// engines.
constexpr uint32_t kMaxArrayNewFixed = 10'000;

// Whether data segments can fill an array of this type.
bool IsNumericOrVector(const FieldType& element) {
  return !element.storage.value.IsRef();
}

}  // namespace

bool BodyValidator::StructAt(uint32_t type, const SubType*& result) {
  if (type >= context_.type_ids.size()) return FailUnknown("type", type);
  result = &context_.Definition(context_.type_ids[type]);
  return result->structure() != nullptr ||
         Fail(absl::StrCat("type mismatch: type ", type,
                           " is not a structure type"));
}

bool BodyValidator::ArrayAt(uint32_t type, const FieldType*& element) {
  if (type >= context_.type_ids.size()) return FailUnknown("type", type);
  const ArrayType* array = context_.Definition(context_.type_ids[type]).array();
  if (array == nullptr) {
    return Fail(
        absl::StrCat("type mismatch: type ", type, " is not an array type"));
  }
  element = &array->element;
  return true;
}

bool BodyValidator::MutableArrayAt(uint32_t type, const FieldType*& element) {
  return ArrayAt(type, element) &&
         (element->is_mutable || Fail("immutable array"));
}

bool BodyValidator::StructNew() {
  const SubType* type = nullptr;
  if (!StructAt(in_.index, type)) return false;
  const Verb verb = in_.verb();
  const bool with_descriptor =
      verb == Verb::kStructNewDesc || verb == Verb::kStructNewDefaultDesc;
  const bool with_defaults =
      verb == Verb::kStructNewDefault || verb == Verb::kStructNewDefaultDesc;
  if (type->descriptor.has_value() != with_descriptor) {
    return Fail(with_descriptor
                    ? "type without descriptor requires non-descriptor "
                      "allocation"
                    : "type with descriptor requires descriptor allocation");
  }
  if (with_descriptor &&
      !stack_.Pop(
          ValueType::Ref(HeapType::Concrete(*type->descriptor, /*exact=*/true),
                         /*nullable=*/true))) {
    return false;
  }
  types_.clear();
  for (const FieldType& field : type->structure()->fields) {
    types_.push_back(field.storage.value);
  }
  if (with_defaults) {
    if (!std::all_of(types_.begin(), types_.end(),
                     [](ValueType field) { return field.IsDefaultable(); })) {
      return Fail("field type is not defaultable");
    }
  } else if (!stack_.Pop(types_)) {
    return false;
  }
  stack_.Push(ReferenceTo(in_.index, /*nullable=*/false, /*exact=*/true));
  return true;
}

bool BodyValidator::StructGet() {
  const SubType* type = nullptr;
  if (!StructAt(in_.index, type)) return false;
  const std::vector<FieldType>& fields = type->structure()->fields;
  if (in_.index2 >= fields.size()) return FailUnknown("field", in_.index2);
  const StorageType& storage = fields[in_.index2].storage;
  if (storage.IsPacked() != (in_.verb() != Verb::kStructGet)) {
    return Fail(storage.IsPacked() ? "field is packed" : "field is unpacked");
  }
  if (!stack_.Pop(ReferenceTo(in_.index, /*nullable=*/true))) return false;
  stack_.Push(storage.value);
  return true;
}

bool BodyValidator::StructSet() {
  const SubType* type = nullptr;
  if (!StructAt(in_.index, type)) return false;
  const std::vector<FieldType>& fields = type->structure()->fields;
  if (in_.index2 >= fields.size()) return FailUnknown("field", in_.index2);
  const FieldType& field = fields[in_.index2];
  if (!field.is_mutable) return Fail("immutable field");
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                field.storage.value};
  return stack_.Pop(operands);
}

bool BodyValidator::ArrayNew() {
  const FieldType* element = nullptr;
  if (!ArrayAt(in_.index, element)) return false;
  const ValueType operands[] = {element->storage.value, ValueType::I32()};
  Types popped = operands;
  if (in_.verb() == Verb::kArrayNewDefault) {
    if (!element->storage.value.IsDefaultable()) {
      return Fail("array type is not defaultable");
    }
    popped = popped.last(1);
  }
  if (!stack_.Pop(popped)) return false;
  stack_.Push(ReferenceTo(in_.index, /*nullable=*/false, /*exact=*/true));
  return true;
}

// Pops one by one: the count may be larger than the stack.
bool BodyValidator::ArrayNewFixed() {
  const FieldType* element = nullptr;
  if (!ArrayAt(in_.index, element)) return false;
  if (in_.index2 > kMaxArrayNewFixed) return Fail("too many elements");
  for (uint32_t i = 0; i < in_.index2; ++i) {
    if (stack_.IsEmpty() && stack_.top().unreachable) break;
    if (!stack_.Pop(element->storage.value)) return false;
  }
  stack_.Push(ReferenceTo(in_.index, /*nullable=*/false, /*exact=*/true));
  return true;
}

bool BodyValidator::ArrayNewData() {
  const FieldType* element = nullptr;
  if (!ArrayAt(in_.index, element) || !CheckData(in_.index2)) return false;
  if (!IsNumericOrVector(*element)) {
    return Fail("array type is not numeric or vector");
  }
  const ValueType operands[] = {ValueType::I32(), ValueType::I32()};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(ReferenceTo(in_.index, /*nullable=*/false, /*exact=*/true));
  return true;
}

bool BodyValidator::CheckElementMatches(uint32_t segment,
                                        const FieldType& element) {
  if (!CheckElement(segment)) return false;
  const ValueType type = context_.elements[segment];
  return context_.Matches(type, element.storage.value) ||
         Fail(absl::StrCat("type mismatch: element segment's type ",
                           context_.TypeName(type),
                           " does not match array's field type ",
                           context_.TypeName(element.storage.value)));
}

bool BodyValidator::ArrayNewElem() {
  const FieldType* element = nullptr;
  if (!ArrayAt(in_.index, element) ||
      !CheckElementMatches(in_.index2, *element)) {
    return false;
  }
  const ValueType operands[] = {ValueType::I32(), ValueType::I32()};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(ReferenceTo(in_.index, /*nullable=*/false, /*exact=*/true));
  return true;
}

bool BodyValidator::ArrayGet() {
  const FieldType* element = nullptr;
  if (!ArrayAt(in_.index, element)) return false;
  const StorageType& storage = element->storage;
  if (storage.IsPacked() != (in_.verb() != Verb::kArrayGet)) {
    return Fail(storage.IsPacked() ? "array is packed" : "array is unpacked");
  }
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32()};
  if (!stack_.Pop(operands)) return false;
  stack_.Push(storage.value);
  return true;
}

bool BodyValidator::ArraySet() {
  const FieldType* element = nullptr;
  if (!MutableArrayAt(in_.index, element)) return false;
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32(), element->storage.value};
  return stack_.Pop(operands);
}

bool BodyValidator::ArrayFill() {
  const FieldType* element = nullptr;
  if (!MutableArrayAt(in_.index, element)) return false;
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32(), element->storage.value,
                                ValueType::I32()};
  return stack_.Pop(operands);
}

bool BodyValidator::ArrayCopy() {
  const FieldType* destination = nullptr;
  const FieldType* source = nullptr;
  if (!MutableArrayAt(in_.index, destination) || !ArrayAt(in_.index2, source)) {
    return false;
  }
  if (source->storage.packed != destination->storage.packed ||
      !context_.Matches(source->storage.value, destination->storage.value)) {
    return Fail("array types do not match");
  }
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32(),
                                ReferenceTo(in_.index2, /*nullable=*/true),
                                ValueType::I32(), ValueType::I32()};
  return stack_.Pop(operands);
}

bool BodyValidator::ArrayInitData() {
  const FieldType* element = nullptr;
  if (!MutableArrayAt(in_.index, element) || !CheckData(in_.index2)) {
    return false;
  }
  if (!IsNumericOrVector(*element)) {
    return Fail("array type is not numeric or vector");
  }
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32(), ValueType::I32(),
                                ValueType::I32()};
  return stack_.Pop(operands);
}

bool BodyValidator::ArrayInitElem() {
  const FieldType* element = nullptr;
  if (!MutableArrayAt(in_.index, element) ||
      !CheckElementMatches(in_.index2, *element)) {
    return false;
  }
  const ValueType operands[] = {ReferenceTo(in_.index, /*nullable=*/true),
                                ValueType::I32(), ValueType::I32(),
                                ValueType::I32()};
  return stack_.Pop(operands);
}

}  // namespace wasijit::compiler
