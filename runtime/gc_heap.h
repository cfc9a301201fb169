// The garbage-collected heap of a store.
//
// Structures, arrays and exceptions that nothing can reach any more are freed
// by collections, which happen when an object is made: most are about new
// objects, and about all only when twice as much lives as the last time. What
// globals, tables, element segments, other objects and RootedValues refer to is
// known exactly; the stack of the thread that runs WebAssembly is searched for
// whatever looks like a reference, so that neither compiled code nor host
// functions that it calls have to say where they have some. Other references of
// the embedder are valid until the next object is made.
#ifndef WASIJIT_RUNTIME_GC_HEAP_H_
#define WASIJIT_RUNTIME_GC_HEAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/vm_context.h"
#include "runtime/gc_marker.h"
#include "runtime/gc_space.h"
#include "runtime/gc_types.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

struct GcOptions {
  // Bytes of objects at most.
  uint64_t max_size = uint64_t{4} << 30;
  // Collects whenever an object is made, and overwrites what is freed.
  bool zeal = false;
};

struct GcStatistics {
  uint64_t collections = 0;
  // Those of them that looked at all objects.
  uint64_t full_collections = 0;
  absl::Duration longest_pause;
  absl::Duration total_pause;
  // Bytes of free memory that objects have been put into.
  uint64_t taken = 0;
  // Bytes that were alive after the last collection.
  uint64_t live = 0;
  // Bytes of memory in use.
  uint64_t committed = 0;
};

class GcHeap {
 public:
  // Marks what the store refers to.
  using MarkRoots = std::function<void(GcMarker&)>;

  static absl::StatusOr<std::unique_ptr<GcHeap>> Create(
      const GcOptions& options, const SharedTypeRegistry& registry,
      MarkRoots mark_roots);
  GcHeap(const GcHeap&) = delete;
  GcHeap& operator=(const GcHeap&) = delete;

  // What VmContext::gc_base is.
  uint8_t* base() const { return space_->base(); }
  const GcTypes& types() const { return types_; }
  // Makes objects of these types possible.
  void AddTypes(absl::Span<const TypeId> ids);

  // A new object with its header and, for an array, its length; the rest is
  // arbitrary and to be filled in before anything else is made. 0 if there is
  // no room. `size` is a multiple of kGcAlignment.
  GcReference Allocate(uint32_t header, uint32_t length, uint64_t size);
  // A box for a reference of the embedder's, or 0.
  GcReference Box(uint64_t content);

  // A new exception with undefined payload, or null.
  VmException* NewException(Tag& tag);
  // Whether it is an exception of this heap.
  bool IsException(ReferenceBits reference) const;

  // The address of an object. REQUIRES: it is one.
  uint8_t* At(GcReference reference) const { return space_->At(reference); }
  // REQUIRES: the reference is to an object.
  uint32_t Header(GcReference reference) const;

  // Frees everything that is dead.
  void Collect() { Collect(GcScope::kAll); }
  // Says that compiled code has been stopped anywhere, perhaps between writing
  // into an object and noting that.
  void NoteStoppedCode() { must_collect_all_ = true; }
  // See gc_cards.h.
  void NoteWrites(GcReference begin, uint64_t size) {
    space_->NoteWrites(begin, size);
  }
  // Keeps for good what a reference refers to: the embedder has it.
  void Keep(const Value& value);
  GcStatistics statistics() const;

  // References that the embedder keeps; their addresses are stable.
  using Roots = std::list<Value>;
  Roots& roots() { return roots_; }

 private:
  GcHeap(const GcOptions& options, const SharedTypeRegistry& registry,
         MarkRoots mark_roots)
      : options_(options),
        types_(registry),
        mark_roots_(std::move(mark_roots)) {}

  GcScope NextScope() const;
  void Collect(GcScope scope);
  void MarkStack(GcMarker& marker) const;

  const GcOptions options_;
  GcTypes types_;
  const MarkRoots mark_roots_;
  std::unique_ptr<GcSpace> space_;
  Roots roots_;
  // What is kept for good, and the root of its hierarchy.
  absl::flat_hash_map<ReferenceBits, AbstractHeapType> kept_;
  // When so much is alive, all objects are looked at.
  uint64_t full_at_;
  bool must_collect_all_ = false;
  GcStatistics statistics_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GC_HEAP_H_
