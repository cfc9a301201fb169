#include "runtime/abi/gc_layout.h"

#include <cstdint>

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

GcStructureLayout LayOut(const StructType& structure, TopOfHeapType top) {
  GcStructureLayout layout;
  layout.offsets.reserve(structure.fields.size());
  uint32_t end = sizeof(uint32_t);
  for (const FieldType& field : structure.fields) {
    const uint32_t size = StorageSize(field.storage, top);
    // Objects are no more aligned than this.
    const uint32_t offset =
        RoundUp(end, size < kGcAlignment ? size : kGcAlignment);
    layout.offsets.push_back(offset);
    end = offset + size;
  }
  layout.size = RoundUp(end, kGcAlignment);
  return layout;
}

}  // namespace wasijit
