#include "runtime/abi/gc_layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "runtime/module/types.h"

namespace wasijit {
namespace {

constexpr uint32_t RoundUp(uint32_t size, uint32_t alignment) {
  return (size + alignment - 1) & -alignment;
}

}  // namespace

bool IsGcReference(ValueType type, TopOfHeapType top) {
  return type.IsRef() && top(type.heap_type()) == AbstractHeapType::kAny;
}

uint32_t StorageSize(const StorageType& storage, TopOfHeapType top) {
  switch (storage.packed) {
    case PackedType::kI8:
      return 1;
    case PackedType::kI16:
      return 2;
    case PackedType::kNone:
      break;
  }
  switch (storage.value.kind()) {
    case ValueType::Kind::kI32:
    case ValueType::Kind::kF32:
      return 4;
    case ValueType::Kind::kV128:
      return 16;
    case ValueType::Kind::kRef:
      return IsGcReference(storage.value, top) ? 4 : 8;
    case ValueType::Kind::kI64:
    case ValueType::Kind::kF64:
    case ValueType::Kind::kBottom:
      break;
  }
  return 8;
}

std::optional<size_t> DescriptorPosition(
    const SubType& type,
    absl::FunctionRef<const SubType&(uint32_t)> definition) {
  if (!type.descriptor.has_value()) return std::nullopt;
  const SubType* super = &type;
  while (super->supertype.has_value()) {
    super = &definition(*super->supertype);
    if (!super->descriptor.has_value()) {
      return super->structure()->fields.size();
    }
  }
  return 0;
}

GcStructureLayout LayOut(const StructType& structure, TopOfHeapType top,
                         std::optional<size_t> descriptor_position) {
  GcStructureLayout layout;
  layout.offsets.reserve(structure.fields.size());
  uint32_t end = sizeof(uint32_t);
  const auto place = [&end](uint32_t size) {
    // Objects are no more aligned than this.
    const uint32_t offset = RoundUp(end, std::min(size, kGcAlignment));
    end = offset + size;
    return offset;
  };
  for (const FieldType& field : structure.fields) {
    if (layout.offsets.size() == descriptor_position) {
      layout.descriptor = place(sizeof(GcReference));
    }
    layout.offsets.push_back(place(StorageSize(field.storage, top)));
  }
  if (layout.offsets.size() == descriptor_position && layout.descriptor == 0) {
    layout.descriptor = place(sizeof(GcReference));
  }
  layout.size = RoundUp(end, kGcAlignment);
  return layout;
}

}  // namespace wasijit
