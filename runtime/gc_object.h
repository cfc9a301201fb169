// Structures, arrays and i31 references as the host sees them.
#ifndef WASIJIT_RUNTIME_GC_OBJECT_H_
#define WASIJIT_RUNTIME_GC_OBJECT_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/gc_heap.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/value.h"

namespace wasijit {

// A new object; `type` is a canonical id that the heap knows, of a structure or
// array, and the values are of its fields or elements (i32 where they are
// packed). `descriptor` is given if and only if the type has one, and is not
// null. The result is not null and exactly of the type. ResourceExhausted if
// there is no room.
absl::StatusOr<Value> NewStructure(GcHeap& heap, TypeId type,
                                   absl::Span<const Value> fields,
                                   const Value* descriptor = nullptr);
absl::StatusOr<Value> NewArray(GcHeap& heap, TypeId type, const Value& element,
                               uint32_t length);
absl::StatusOr<Value> NewArrayOf(GcHeap& heap, TypeId type,
                                 absl::Span<const Value> elements);

// The low 31 bits.
Value NewI31(uint32_t number);

// any.convert_extern and extern.convert_any. `type` is what the result gets.
absl::StatusOr<Value> InternalReference(GcHeap& heap, ReferenceBits external,
                                        ValueType type);
Value ExternalReference(const GcHeap& heap, ReferenceBits internal,
                        ValueType type);

// The most special type of what a reference of the any hierarchy, which is not
// null, refers to: i31, exactly a structure or array type, or any.
ValueType TypeOfReference(const GcHeap& heap, ReferenceBits reference);

// Parts of what a reference of the any hierarchy refers to; nothing if it has
// no such part. Packed storage is zero-extended.
std::optional<uint32_t> ArrayLength(const GcHeap& heap,
                                    ReferenceBits reference);
std::optional<Value> ArrayElement(const GcHeap& heap, ReferenceBits reference,
                                  uint32_t index);
std::optional<Value> StructureField(const GcHeap& heap, ReferenceBits reference,
                                    uint32_t index);

// Writes elements of an array from the bytes of a data segment, or from
// references. REQUIRES: the array has them.
void WriteElements(GcHeap& heap, GcReference array, uint32_t begin,
                   absl::Span<const uint8_t> bytes);
void WriteElements(GcHeap& heap, GcReference array, uint32_t begin,
                   absl::Span<const ReferenceBits> references);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GC_OBJECT_H_
