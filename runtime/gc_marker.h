// Finds what lives: marks what it is told and everything that can be reached
// from there.
#ifndef WASIJIT_RUNTIME_GC_MARKER_H_
#define WASIJIT_RUNTIME_GC_MARKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/abi/gc_layout.h"
#include "runtime/abi/vm_context.h"
#include "runtime/gc_space.h"
#include "runtime/gc_types.h"
#include "runtime/module/types.h"

namespace wasijit {

class GcMarker {
 public:
  // REQUIRES: space.BeginMarking() has been called.
  GcMarker(GcSpace& space, const GcTypes& types)
      : space_(space), types_(types) {}

  // Any bits are allowed here: what is no reference to an object is ignored.
  void Mark(GcReference reference) {
    if (!space_.IsInside(reference)) return;
    // What is to be read lies anywhere: it is fetched while others are marked.
    space_.Prefetch(reference);
    std::swap(fetched_[next_fetched_], reference);
    next_fetched_ = (next_fetched_ + 1) % kFetches;
    MarkNow(reference);
  }
  // A reference of the extern hierarchy.
  void MarkExtern(uint64_t bits) {
    if (IsInternalExtern(bits)) Mark(static_cast<GcReference>(bits));
  }
  // One of the exn hierarchy.
  void MarkException(uint64_t bits) {
    const uint64_t offset = bits - reinterpret_cast<uintptr_t>(space_.base());
    if (offset < space_.top()) Mark(static_cast<GcReference>(offset));
  }
  // A reference of the hierarchy with this root.
  void MarkReference(uint64_t bits, AbstractHeapType top);
  // Memory of which nobody knows what it holds: marks whatever looks like a
  // reference, or like an address inside an object. Compiled code may have
  // replaced a reference by such an address.
  void MarkConservatively(const void* begin, const void* end);

  // Marks what old objects have come to refer to since the last collection.
  void MarkWrites();
  // Marks what the marked objects refer to. Does not recurse.
  void Trace();

 private:
  // An object of which the references from this element on are to be traced.
  struct Pending {
    GcReference object;
    uint32_t element;
  };

  // As many as the processor keeps outstanding cache misses.
  static constexpr size_t kFetches = 16;

  void MarkNow(GcReference reference) {
    if (space_.IsObject(reference) && space_.Mark(reference)) {
      pending_.push_back({reference, 0});
    }
  }
  void MarkFetched();
  void MarkAddress(uint64_t address);
  void TraceObject(Pending pending);
  void TraceArray(Pending pending, const GcTypes::Type& type);
  void TraceElements(const uint8_t* array, uint64_t begin, uint64_t end,
                     const GcTypes::Type& type);
  void TracePart(GcReference object, uint32_t begin, uint32_t end);
  void TraceException(const VmException& exception);

  GcSpace& space_;
  const GcTypes& types_;
  std::vector<Pending> pending_;
  // A ring of what is being fetched, 0 where there is nothing.
  std::array<GcReference, kFetches> fetched_ = {};
  size_t next_fetched_ = 0;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GC_MARKER_H_
