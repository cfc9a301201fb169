#include "runtime/gc_marker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "runtime/abi/gc_layout.h"
#include "runtime/gc_types.h"
#include "runtime/host_entry.h"
#include "runtime/module/types.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

// Of a long array at a time, which bounds what is pending.
constexpr uint32_t kElementsAtATime = 512;

template <typename T>
T Load(const uint8_t* address) {
  T value;
  std::memcpy(&value, address, sizeof(value));
  return value;
}

}  // namespace

void GcMarker::MarkReference(uint64_t bits, AbstractHeapType top) {
  switch (top) {
    case AbstractHeapType::kAny:
      return Mark(static_cast<GcReference>(bits));
    case AbstractHeapType::kExtern:
      return MarkExtern(bits);
    case AbstractHeapType::kExn:
      return MarkException(bits);
    default:
      // Functions live as long as the store.
      return;
  }
}

void GcMarker::MarkAddress(uint64_t address) {
  const uint64_t offset = address - reinterpret_cast<uintptr_t>(space_.base());
  if (offset > space_.top()) return;
  const auto place = static_cast<uint32_t>(offset);
  Mark(space_.ObjectAround(place));
  // The end of an object is the last that a loop over it may hold.
  Mark(space_.ObjectAround(place - 1));
}

WASIJIT_UNINSTRUMENTED void GcMarker::MarkConservatively(const void* begin,
                                                         const void* end) {
  const auto* word = static_cast<const uint64_t*>(begin);
  for (; word < end; ++word) {
    const uint64_t bits = *word;
    // Two references may share a word.
    Mark(static_cast<GcReference>(bits));
    Mark(static_cast<GcReference>(bits >> 32));
    MarkAddress(bits);
  }
}

void GcMarker::MarkFetched() {
  for (size_t i = 0; i < kFetches && pending_.empty(); ++i) {
    // The newest: where there are few, as in lists, it is found at once.
    GcReference& newest =
        fetched_[(next_fetched_ + kFetches - 1 - i) % kFetches];
    if (newest != 0) MarkNow(std::exchange(newest, 0));
  }
}

void GcMarker::Trace() {
  while (true) {
    if (pending_.empty()) MarkFetched();
    if (pending_.empty()) return;
    const Pending next = pending_.back();
    pending_.pop_back();
    TraceObject(next);
  }
}

void GcMarker::TraceObject(Pending pending) {
  const uint8_t* const object = space_.At(pending.object);
  const auto header = Load<uint32_t>(object);
  const GcKind kind = GcKindOf(header);
  if (kind == GcKind::kBox) return;
  if (kind == GcKind::kException) {
    TraceException(*reinterpret_cast<const VmException*>(object));
    return;
  }
  const GcTypes::Type& type = types_.Get(GcTypeOf(header));
  if (kind == GcKind::kArray) {
    TraceArray(pending, type);
    return;
  }
  for (const uint32_t offset : type.references) {
    Mark(Load<GcReference>(object + offset));
  }
  for (const uint32_t offset : type.externs) {
    MarkExtern(Load<uint64_t>(object + offset));
  }
  for (const uint32_t offset : type.exceptions) {
    MarkException(Load<uint64_t>(object + offset));
  }
}

void GcMarker::TraceException(const VmException& exception) {
  const std::vector<ValueType>& types = exception.tag->payload_types();
  for (size_t i = 0; i < types.size(); ++i) {
    if (!types[i].IsRef()) continue;
    MarkReference(Load<uint64_t>(ExceptionCell(&exception, i)),
                  types_.Top(types[i].heap_type()));
  }
}

void GcMarker::MarkWrites() {
  space_.VisitWrites([this](GcReference object, uint32_t begin, uint32_t end) {
    TracePart(object, begin, end);
  });
}

// Of arrays, the elements that lie between two places of the heap.
void GcMarker::TracePart(GcReference object, uint32_t begin, uint32_t end) {
  const uint8_t* const address = space_.At(object);
  const auto header = Load<uint32_t>(address);
  if (GcKindOf(header) != GcKind::kArray) {
    TraceObject({object, 0});
    return;
  }
  const GcTypes::Type& type = types_.Get(GcTypeOf(header));
  if (type.elements == GcTypes::Trace::kNothing) return;
  const uint64_t elements = uint64_t{object} + kGcArrayElements;
  const uint64_t length = Load<uint32_t>(address + kGcArrayLength);
  const uint64_t first =
      begin > elements ? (begin - elements) / type.element_size : 0;
  const uint64_t last =
      end > elements
          ? (end - elements + type.element_size - 1) / type.element_size
          : 0;
  TraceElements(address, first, std::min(last, length), type);
}

void GcMarker::TraceArray(Pending pending, const GcTypes::Type& type) {
  if (type.elements == GcTypes::Trace::kNothing) return;
  const uint8_t* const object = space_.At(pending.object);
  const auto length = Load<uint32_t>(object + kGcArrayLength);
  const uint32_t begin = pending.element;
  const uint32_t end = begin + std::min(length - begin, kElementsAtATime);
  if (end < length) pending_.push_back({pending.object, end});
  TraceElements(object, begin, end, type);
}

void GcMarker::TraceElements(const uint8_t* array, uint64_t begin, uint64_t end,
                             const GcTypes::Type& type) {
  const uint8_t* const elements = array + kGcArrayElements;
  for (uint64_t i = begin; i < end; ++i) {
    if (type.elements == GcTypes::Trace::kReferences) {
      Mark(Load<GcReference>(elements + i * sizeof(GcReference)));
    } else if (type.elements == GcTypes::Trace::kExterns) {
      MarkExtern(Load<uint64_t>(elements + i * sizeof(uint64_t)));
    } else {
      MarkException(Load<uint64_t>(elements + i * sizeof(uint64_t)));
    }
  }
}

}  // namespace wasijit
