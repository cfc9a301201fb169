#include "runtime/gc_types.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/module/types.h"

namespace wasijit {

void GcTypes::Add(absl::Span<const TypeId> ids) {
  for (const TypeId id : ids) {
    if (id < types_.size() && types_[id].definition != nullptr) continue;
    const SubType& definition = registry_.Definition(id);
    if (definition.func() != nullptr) continue;
    if (id >= types_.size()) {
      types_.resize(id + 1);
      displays_.resize(size_t{id + 1} * kGcDisplaySize);
    }
    Type& type = types_[id];
    type.definition = &definition;
    AddLayout(type);
    const absl::Span<const TypeId> supertypes = registry_.Display(id);
    for (size_t i = 0; i < std::min<size_t>(supertypes.size(), kGcDisplaySize);
         ++i) {
      displays_[size_t{id} * kGcDisplaySize + i] =
          GcHeaderOf(definition, supertypes[i]);
    }
  }
}

GcTypes::Trace GcTypes::TraceOf(const StorageType& storage) const {
  if (!storage.value.IsRef()) return Trace::kNothing;
  switch (registry_.Top(storage.value.heap_type())) {
    case AbstractHeapType::kAny:
      return Trace::kReferences;
    case AbstractHeapType::kExtern:
      return Trace::kExterns;
    case AbstractHeapType::kExn:
      return Trace::kExceptions;
    default:
      return Trace::kNothing;
  }
}

void GcTypes::AddLayout(Type& type) const {
  const auto top = [this](HeapType heap) { return registry_.Top(heap); };
  if (const ArrayType* array = type.definition->array()) {
    type.element_size = StorageSize(array->element.storage, top);
    type.elements = TraceOf(array->element.storage);
    return;
  }
  const StructType& structure = *type.definition->structure();
  type.layout = LayOut(
      structure, top,
      DescriptorPosition(*type.definition, [this](TypeId id) -> const SubType& {
        return registry_.Definition(id);
      }));
  if (type.layout.descriptor != 0) {
    type.references.push_back(type.layout.descriptor);
  }
  for (size_t i = 0; i < structure.fields.size(); ++i) {
    const uint32_t offset = type.layout.offsets[i];
    switch (TraceOf(structure.fields[i].storage)) {
      case Trace::kNothing:
        break;
      case Trace::kReferences:
        type.references.push_back(offset);
        break;
      case Trace::kExterns:
        type.externs.push_back(offset);
        break;
      case Trace::kExceptions:
        type.exceptions.push_back(offset);
        break;
    }
  }
}

uint64_t GcTypes::SizeOf(const uint8_t* object) const {
  uint32_t header;
  std::memcpy(&header, object, sizeof(header));
  switch (GcKindOf(header)) {
    case GcKind::kStructure:
      return types_[GcTypeOf(header)].layout.size;
    case GcKind::kArray: {
      uint32_t length;
      std::memcpy(&length, object + kGcArrayLength, sizeof(length));
      return GcArraySize(length, types_[GcTypeOf(header)].element_size);
    }
    case GcKind::kException:
      return GcExceptionSize(GcTypeOf(header));
    case GcKind::kBox:
      break;
  }
  return kGcBoxSize;
}

}  // namespace wasijit
