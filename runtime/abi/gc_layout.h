// How garbage-collected objects lie in a store's heap.
//
// A reference of the any hierarchy is 32 bits: 0 is null, odd numbers are i31
// values (the number times two plus one), all others are the distance of an
// object from the heap's base, a multiple of kGcAlignment. Such a reference is
// half a pointer, so objects are small, and it can lead nowhere but into the
// heap.
//
// An object begins with its header: the type's id and, in the highest bits,
// what sort of object it is (an exception has, in place of an id, the number of
// values in its payload). The fields of a structure follow in order, each at
// its natural alignment, so that those of a supertype lie where the supertype
// has them; a reference to the object's descriptor, if its type has one, lies
// between them; the elements of an array lie behind its length.
//
// References of the other hierarchies stay 64 bits. One of the extern hierarchy
// is what the embedder made it, or an internal reference below
// kInternalExternTag; what the embedder made lies, as a reference of the any
// hierarchy, in a box. One of the exn hierarchy is the address of an
// exception (VmException).
#ifndef WASIJIT_RUNTIME_ABI_GC_LAYOUT_H_
#define WASIJIT_RUNTIME_ABI_GC_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"

namespace wasijit {

using GcReference = uint32_t;

inline constexpr uint32_t kGcAlignment = 8;
// No object lies below; nothing there is accessible.
inline constexpr uint32_t kGcFirstObject = 65536;
inline constexpr uint32_t kGcArrayLength = 4;
inline constexpr uint32_t kGcArrayElements = 8;
inline constexpr uint32_t kGcBoxContent = 8;
inline constexpr uint32_t kGcBoxSize = 16;

enum class GcKind : uint32_t { kException, kStructure, kArray, kBox };

inline constexpr uint32_t kGcKindShift = 30;
static_assert(kMaxTypeIndex < 1u << kGcKindShift);

constexpr uint32_t GcHeader(GcKind kind, TypeId type) {
  return static_cast<uint32_t>(kind) << kGcKindShift | type;
}
// The header of a type's objects; for a function type, which has none, its id.
inline uint32_t GcHeaderOf(const SubType& definition, TypeId id) {
  if (definition.structure() != nullptr) {
    return GcHeader(GcKind::kStructure, id);
  }
  return definition.array() != nullptr ? GcHeader(GcKind::kArray, id) : id;
}
constexpr GcKind GcKindOf(uint32_t header) {
  return static_cast<GcKind>(header >> kGcKindShift);
}
constexpr TypeId GcTypeOf(uint32_t header) {
  return header & ((1u << kGcKindShift) - 1);
}

// Bytes of an exception that carries so many values.
constexpr uint64_t GcExceptionSize(uint32_t values) {
  return sizeof(VmException) + values * kExceptionCellSize;
}

constexpr GcReference GcI31(uint32_t value) { return value << 1 | 1; }
constexpr bool IsGcI31(GcReference reference) { return (reference & 1) != 0; }

// The upper half of extern references that are internal ones; the lower half is
// the GcReference.
inline constexpr uint64_t kInternalExternTag = uint64_t{0xfff6'6a69} << 32;
constexpr bool IsInternalExtern(uint64_t bits) {
  return bits >> 32 == kInternalExternTag >> 32;
}

// Supertypes of each type that compiled code finds without a call: a row of
// header words, the root of the chain first, 0 where there is none.
inline constexpr uint32_t kGcDisplaySize = 8;

// What compiled code needs of a store's heap. Lies directly below the heap's
// base, to which every context points.
struct VmGcHeap {
  // The row of a type begins at kGcDisplaySize times its id.
  const uint32_t* displays;
  // Where the next object may be cut off, and the end of what is free there.
  uint32_t next;
  uint32_t limit;
};
static_assert(sizeof(VmGcHeap) == 16);

// The root of the hierarchy of a heap type, in the index space of the caller.
using TopOfHeapType = absl::FunctionRef<AbstractHeapType(HeapType)>;

// Whether a value is a GcReference.
bool IsGcReference(ValueType type, TopOfHeapType top);
// Bytes of a field or element: 1, 2, 4, 8 or 16.
uint32_t StorageSize(const StorageType& storage, TopOfHeapType top);

// How many of a structure type's fields lie in front of its descriptor: those
// of the nearest supertype that has none, since subtypes may have descriptors
// where supertypes have not. Nothing if the type has no descriptor.
// `definition`: of a type index.
std::optional<size_t> DescriptorPosition(
    const SubType& type,
    absl::FunctionRef<const SubType&(uint32_t)> definition);

struct GcStructureLayout {
  // Of each field, from the object's begin.
  std::vector<uint32_t> offsets;
  // Of the reference to the descriptor; 0 if there is none.
  uint32_t descriptor = 0;
  // Of the object.
  uint32_t size = 0;
};
// `descriptor_position` as above.
GcStructureLayout LayOut(
    const StructType& structure, TopOfHeapType top,
    std::optional<size_t> descriptor_position = std::nullopt);

// Bytes of an array; `element_size` is a StorageSize.
constexpr uint64_t GcArraySize(uint32_t length, uint32_t element_size) {
  return (kGcArrayElements + uint64_t{length} * element_size + kGcAlignment -
          1) &
         -uint64_t{kGcAlignment};
}

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_GC_LAYOUT_H_
