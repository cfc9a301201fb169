#include "runtime/gc_heap.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/vm_context.h"
#include "runtime/host_entry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/platform/activation.h"
#include "runtime/platform/arch.h"
#include "runtime/status/status_macros.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

// So much is made between two collections: what lives of it is little, mostly,
// and what it displaces from the caches, too.
constexpr uint64_t kNursery = uint64_t{8} << 20;
// Looking at everything is worth its while once so much lives, and twice what
// did the last time: then the heap is at most twice as large as it has to be,
// and the cost of marking an object is that of making one.
constexpr uint64_t kLeastFull = uint64_t{4} << 20;
// Of collections in a hurry, so many in a row are about new objects.
constexpr uint64_t kZealousNew = 5;

}  // namespace

absl::StatusOr<std::unique_ptr<GcHeap>> GcHeap::Create(
    const GcOptions& options, const SharedTypeRegistry& registry,
    MarkRoots mark_roots) {
  auto heap =
      absl::WrapUnique(new GcHeap(options, registry, std::move(mark_roots)));
  ASSIGN_OR_RETURN(heap->space_,
                   GcSpace::Create(options.max_size, heap->types_));
  heap->space_->AllowInlineAllocation(!options.zeal);
  heap->full_at_ = kLeastFull;
  return heap;
}

void GcHeap::AddTypes(absl::Span<const TypeId> ids) {
  types_.Add(ids);
  space_->vm().displays = types_.displays();
}

GcReference GcHeap::Allocate(uint32_t header, uint32_t length, uint64_t size) {
  if (options_.zeal || space_->taken() >= kNursery) Collect(NextScope());
  GcReference reference = space_->Take(size);
  if (reference == 0) {
    Collect();
    reference = space_->Take(size);
  }
  if (reference == 0) return 0;
  uint8_t* const object = At(reference);
  std::memcpy(object, &header, sizeof(header));
  if (GcKindOf(header) == GcKind::kArray) {
    std::memcpy(object + kGcArrayLength, &length, sizeof(length));
  }
  return reference;
}

GcReference GcHeap::Box(uint64_t content) {
  const GcReference reference =
      Allocate(GcHeader(GcKind::kBox, kNoType), 0, kGcBoxSize);
  if (reference != 0) {
    std::memcpy(At(reference) + kGcBoxContent, &content, sizeof(content));
  }
  return reference;
}

uint32_t GcHeap::Header(GcReference reference) const {
  uint32_t header;
  std::memcpy(&header, At(reference), sizeof(header));
  return header;
}

VmException* GcHeap::NewException(Tag& tag) {
  const auto count = static_cast<uint32_t>(tag.payload_types().size());
  const GcReference reference =
      Allocate(GcHeader(GcKind::kException, count), 0, GcExceptionSize(count));
  if (reference == 0) return nullptr;
  auto* const exception = reinterpret_cast<VmException*>(At(reference));
  exception->tag = &tag;
  return exception;
}

bool GcHeap::IsException(ReferenceBits reference) const {
  const uint64_t offset = reference - reinterpret_cast<uintptr_t>(base());
  if (offset >= space_->top()) return false;
  space_->NoteObjects();
  const auto object = static_cast<GcReference>(offset);
  return space_->IsObject(object) &&
         GcKindOf(Header(object)) == GcKind::kException;
}

void GcHeap::Keep(const Value& value) {
  if (!value.type().IsRef() || value.IsNull()) return;
  const AbstractHeapType top = types_.Top(value.type().heap_type());
  if (top != AbstractHeapType::kFunc) kept_.insert_or_assign(value.ref(), top);
}

// Everything from here to the stack's end: the frames of compiled code and of
// the host functions that it called.
void GcHeap::MarkStack(GcMarker& marker) const {
  const ThreadState& thread = current_thread;
  if (thread.activation == nullptr) return;
  SavedRegisters registers;
  SaveRegisters(registers);
  const auto here = reinterpret_cast<uintptr_t>(&registers);
  // A host function that has gone to another stack has left its registers.
  const bool is_inside = here >= thread.stack_begin && here < thread.stack_end;
  marker.MarkConservatively(
      reinterpret_cast<const void*>(is_inside ? here : thread.stack_begin),
      reinterpret_cast<const void*>(thread.stack_end));
}

GcScope GcHeap::NextScope() const {
  const bool is_full =
      must_collect_all_ || space_->live() >= full_at_ ||
      (options_.zeal && statistics_.collections % (kZealousNew + 1) == 0);
  return is_full ? GcScope::kAll : GcScope::kNew;
}

void GcHeap::Collect(GcScope scope) {
  const auto start = std::chrono::steady_clock::now();
  statistics_.taken += space_->taken();
  space_->BeginMarking(scope);
  GcMarker marker(*space_, types_);
  if (scope == GcScope::kNew) marker.MarkWrites();
  for (const Value& root : roots_) {
    if (!root.type().IsRef()) continue;
    marker.MarkReference(root.ref(), types_.Top(root.type().heap_type()));
  }
  for (const auto& [bits, top] : kept_) marker.MarkReference(bits, top);
  mark_roots_(marker);
  MarkStack(marker);
  marker.Trace();
  space_->EndMarking(scope, options_.zeal);
  if (scope == GcScope::kAll) {
    full_at_ = std::max(kLeastFull, 2 * space_->live());
    must_collect_all_ = false;
    ++statistics_.full_collections;
  }

  const absl::Duration pause =
      absl::FromChrono(std::chrono::steady_clock::now() - start);
  ++statistics_.collections;
  statistics_.total_pause += pause;
  statistics_.longest_pause = std::max(statistics_.longest_pause, pause);
}

GcStatistics GcHeap::statistics() const {
  GcStatistics statistics = statistics_;
  statistics.taken += space_->taken();
  statistics.live = space_->live();
  statistics.committed = space_->committed();
  return statistics;
}

}  // namespace wasijit
