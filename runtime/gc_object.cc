#include "runtime/gc_object.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/gc_heap.h"
#include "runtime/gc_types.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/value_location.h"

namespace wasijit {
namespace {

ValueType ExactType(TypeId type) {
  return ValueType::Ref(HeapType::Concrete(type, /*exact=*/true),
                        /*nullable=*/false);
}

absl::StatusOr<GcReference> Allocate(GcHeap& heap, TypeId type, uint32_t length,
                                     uint64_t size) {
  const SubType& definition = *heap.types().Get(type).definition;
  const GcReference reference =
      heap.Allocate(GcHeaderOf(definition, type), length, size);
  if (reference == 0) {
    return absl::ResourceExhaustedError("allocation size too large");
  }
  return reference;
}

uint32_t SizeOf(const GcHeap& heap, const StorageType& storage) {
  return StorageSize(storage,
                     [&](HeapType type) { return heap.types().Top(type); });
}

// The low bytes of what a cell holds are what storage holds.
void Write(uint8_t* place, const Value& value, uint32_t size) {
  uint8_t cell[sizeof(V128)];
  WriteCell(cell, value);
  std::memcpy(place, cell, size);
}

Value Read(const uint8_t* place, const StorageType& storage, uint32_t size) {
  uint8_t cell[sizeof(V128)] = {};
  std::memcpy(cell, place, size);
  return ReadCell(cell, storage.value);
}

// The header of an object; nothing for null and numbers.
std::optional<uint32_t> HeaderOf(const GcHeap& heap, ReferenceBits reference) {
  const auto narrow = static_cast<GcReference>(reference);
  if (narrow == 0 || IsGcI31(narrow)) return std::nullopt;
  return heap.Header(narrow);
}

uint8_t* Elements(const GcHeap& heap, ReferenceBits array) {
  return heap.At(static_cast<GcReference>(array)) + kGcArrayElements;
}

}  // namespace

absl::StatusOr<Value> NewStructure(GcHeap& heap, TypeId type,
                                   absl::Span<const Value> fields,
                                   const Value* descriptor) {
  const GcStructureLayout& layout = heap.types().Get(type).layout;
  const StructType& structure = *heap.types().Get(type).definition->structure();
  absl::StatusOr<GcReference> reference =
      Allocate(heap, type, /*length=*/0, layout.size);
  if (!reference.ok()) return reference.status();
  if (descriptor != nullptr) {
    Write(heap.At(*reference) + layout.descriptor, *descriptor,
          sizeof(GcReference));
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    Write(heap.At(*reference) + layout.offsets[i], fields[i],
          SizeOf(heap, structure.fields[i].storage));
  }
  return Value::Ref(ExactType(type), *reference);
}

absl::StatusOr<Value> NewArray(GcHeap& heap, TypeId type, const Value& element,
                               uint32_t length) {
  const uint32_t size = heap.types().Get(type).element_size;
  absl::StatusOr<GcReference> reference =
      Allocate(heap, type, length, GcArraySize(length, size));
  if (!reference.ok()) return reference.status();
  for (uint64_t i = 0; i < length; ++i) {
    Write(Elements(heap, *reference) + i * size, element, size);
  }
  return Value::Ref(ExactType(type), *reference);
}

absl::StatusOr<Value> NewArrayOf(GcHeap& heap, TypeId type,
                                 absl::Span<const Value> elements) {
  const uint32_t size = heap.types().Get(type).element_size;
  const auto length = static_cast<uint32_t>(elements.size());
  absl::StatusOr<GcReference> reference =
      Allocate(heap, type, length, GcArraySize(length, size));
  if (!reference.ok()) return reference.status();
  for (size_t i = 0; i < elements.size(); ++i) {
    Write(Elements(heap, *reference) + i * size, elements[i], size);
  }
  return Value::Ref(ExactType(type), *reference);
}

Value NewI31(uint32_t number) {
  return Value::Ref(ValueType::Ref(AbstractHeapType::kI31, /*nullable=*/false),
                    GcI31(number));
}

absl::StatusOr<Value> InternalReference(GcHeap& heap, ReferenceBits external,
                                        ValueType type) {
  if (external == 0 || IsInternalExtern(external)) {
    return Value::Ref(type, static_cast<GcReference>(external));
  }
  const GcReference box = heap.Box(external);
  if (box == 0) {
    return absl::ResourceExhaustedError("allocation size too large");
  }
  return Value::Ref(type, box);
}

Value ExternalReference(const GcHeap& heap, ReferenceBits internal,
                        ValueType type) {
  const std::optional<uint32_t> header = HeaderOf(heap, internal);
  if (header.has_value() && GcKindOf(*header) == GcKind::kBox) {
    ReferenceBits content;
    std::memcpy(&content,
                heap.At(static_cast<GcReference>(internal)) + kGcBoxContent,
                sizeof(content));
    return Value::Ref(type, content);
  }
  return Value::Ref(type, internal == 0 ? 0 : internal | kInternalExternTag);
}

ValueType TypeOfReference(const GcHeap& heap, ReferenceBits reference) {
  if (IsGcI31(static_cast<GcReference>(reference))) {
    return ValueType::Ref(AbstractHeapType::kI31, /*nullable=*/false);
  }
  const uint32_t header = heap.Header(static_cast<GcReference>(reference));
  if (GcKindOf(header) == GcKind::kBox) {
    return ValueType::Ref(AbstractHeapType::kAny, /*nullable=*/false);
  }
  return ExactType(GcTypeOf(header));
}

std::optional<uint32_t> ArrayLength(const GcHeap& heap,
                                    ReferenceBits reference) {
  const std::optional<uint32_t> header = HeaderOf(heap, reference);
  if (!header.has_value() || GcKindOf(*header) != GcKind::kArray) {
    return std::nullopt;
  }
  uint32_t length;
  std::memcpy(&length,
              heap.At(static_cast<GcReference>(reference)) + kGcArrayLength,
              sizeof(length));
  return length;
}

std::optional<Value> ArrayElement(const GcHeap& heap, ReferenceBits reference,
                                  uint32_t index) {
  const std::optional<uint32_t> length = ArrayLength(heap, reference);
  if (!length.has_value() || index >= *length) return std::nullopt;
  const GcTypes::Type& type =
      heap.types().Get(GcTypeOf(*HeaderOf(heap, reference)));
  return Read(Elements(heap, reference) + uint64_t{index} * type.element_size,
              type.definition->array()->element.storage, type.element_size);
}

std::optional<Value> StructureField(const GcHeap& heap, ReferenceBits reference,
                                    uint32_t index) {
  const std::optional<uint32_t> header = HeaderOf(heap, reference);
  if (!header.has_value() || GcKindOf(*header) != GcKind::kStructure) {
    return std::nullopt;
  }
  const GcTypes::Type& type = heap.types().Get(GcTypeOf(*header));
  if (index >= type.layout.offsets.size()) return std::nullopt;
  const StorageType& storage =
      type.definition->structure()->fields[index].storage;
  return Read(
      heap.At(static_cast<GcReference>(reference)) + type.layout.offsets[index],
      storage, SizeOf(heap, storage));
}

void WriteElements(GcHeap& heap, GcReference array, uint32_t begin,
                   absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return;
  const uint32_t size =
      heap.types().Get(GcTypeOf(heap.Header(array))).element_size;
  std::memcpy(Elements(heap, array) + uint64_t{begin} * size, bytes.data(),
              bytes.size());
}

void WriteElements(GcHeap& heap, GcReference array, uint32_t begin,
                   absl::Span<const ReferenceBits> references) {
  const uint32_t size =
      heap.types().Get(GcTypeOf(heap.Header(array))).element_size;
  uint8_t* place = Elements(heap, array) + uint64_t{begin} * size;
  heap.NoteWrites(static_cast<GcReference>(place - heap.base()),
                  references.size() * size);
  for (const ReferenceBits bits : references) {
    std::memcpy(place, &bits, size);
    place += size;
  }
}

}  // namespace wasijit
