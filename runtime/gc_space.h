// The memory of a heap: which of it is free, where objects begin, which of them
// a collection has found alive.
//
// Objects never move, nor are they marked where they lie: those that have lived
// through a collection stay marked as old beside the heap. The space is divided
// into lines; a collection leaves lines in which nothing lives, and new objects
// are cut one after the other off runs of such lines. So freeing costs nothing
// for what has died, and compiled code needs only VmGcHeap to make an object.
#ifndef WASIJIT_RUNTIME_GC_SPACE_H_
#define WASIJIT_RUNTIME_GC_SPACE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/abi/gc_cards.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/gc_types.h"
#include "runtime/platform/virtual_memory.h"

namespace wasijit {

// What a collection is about.
enum class GcScope : uint8_t {
  // Objects made since the last collection; all others live.
  kNew,
  kAll,
};

class GcSpace {
 public:
  // Reserves room for `max_size` bytes of objects at most, less if the system
  // refuses; takes memory as it is needed. `types` must outlive the space.
  static absl::StatusOr<std::unique_ptr<GcSpace>> Create(uint64_t max_size,
                                                         const GcTypes& types);
  GcSpace(const GcSpace&) = delete;
  GcSpace& operator=(const GcSpace&) = delete;

  uint8_t* base() const { return base_; }
  uint8_t* At(GcReference reference) const { return base_ + reference; }
  VmGcHeap& vm() const {
    return *reinterpret_cast<VmGcHeap*>(base_ - sizeof(VmGcHeap));
  }
  // No object reaches beyond.
  uint32_t top() const { return top_; }
  // Of memory that has been taken from the system.
  uint64_t committed() const { return end_ - kGcFirstObject; }
  uint64_t max_size() const { return max_end_ - kGcFirstObject; }

  // Whether compiled code may cut off objects itself.
  void AllowInlineAllocation(bool allowed);

  // Cuts off room for an object, whose header is to be written at once; 0 if
  // there is none. `size` is a multiple of kGcAlignment.
  GcReference Take(uint64_t size);
  // Bytes taken out of what is free since the last collection.
  uint64_t taken() const { return taken_; }

  // Finds where the objects begin that have been made since the last time.
  void NoteObjects();
  // Says that references have been written into objects; see gc_cards.h.
  void NoteWrites(GcReference begin, uint64_t size) {
    if (size == 0) return;
    const uint32_t first = begin >> kGcCardShift;
    std::memset(cards_ + first, 1,
                ((begin + size - 1) >> kGcCardShift) - first + 1);
  }
  // Visits what has been written to: old objects, and of arrays the bytes of
  // the heap that are meant. Forgets that it has. REQUIRES: BeginMarking has
  // been called.
  void VisitWrites(
      absl::FunctionRef<void(GcReference object, uint32_t begin, uint32_t end)>
          visit);

  // A collection: first everything that it is about counts as dead.
  void BeginMarking(GcScope scope);
  // Whether an object begins here. REQUIRES: NoteObjects or BeginMarking has
  // been called since the last object was made.
  bool IsObject(GcReference reference) const {
    return IsInside(reference) &&
           (BitsOf(reference).begins >> BitOf(reference) & 1) != 0;
  }
  // Whether there may be an object here.
  bool IsInside(GcReference reference) const {
    return reference % kGcAlignment == 0 && reference >= kGcFirstObject &&
           reference < top_;
  }
  // Says that IsObject and Mark will soon be asked. REQUIRES: IsInside().
  void Prefetch(GcReference reference) const {
    __builtin_prefetch(&BitsOf(reference), /*rw=*/1);
    __builtin_prefetch(At(reference));
  }
  // The object that the address lies in; 0 if there is none.
  GcReference ObjectAround(uint32_t offset) const;
  // Says that an object lives; false if that is known. REQUIRES: IsObject().
  bool Mark(GcReference reference);
  // Frees what is dead. `poison`: overwrites it.
  void EndMarking(GcScope scope, bool poison);
  // Bytes of objects that were alive then; of those that were not looked at,
  // too.
  uint64_t live() const { return live_; }

 private:
  // For 64 places where an object may begin, which is a card. While no
  // collection runs, what lives is what is old.
  struct Bits {
    uint64_t begins;
    uint64_t lives;
  };
  // [begin, end) in bytes from the base.
  struct Span {
    uint32_t begin;
    uint32_t end;
  };

  GcSpace(Reservation reservation, uint64_t max_size, const GcTypes& types);

  static size_t BitOf(GcReference reference) {
    return reference / kGcAlignment % 64;
  }
  Bits& BitsOf(GcReference reference) const {
    return bits_[reference / kGcAlignment / 64];
  }
  bool LineIsUsed(uint32_t line) const {
    return (lines_[line / 64] >> (line % 64) & 1) != 0;
  }
  void UseLines(uint32_t begin, uint32_t end);
  void FreeLines(Span span);
  void Poison(Span span);
  void VisitCard(
      uint32_t card, Span& object,
      absl::FunctionRef<void(GcReference, uint32_t, uint32_t)> visit);

  // The first run of free lines from `line` on that is at least so long; its
  // end is limited to the begin plus `most`. Empty if there is none.
  Span FindRun(uint32_t line, uint64_t least, uint64_t most) const;
  // Takes more memory from the system.
  bool Grow(uint64_t size);
  bool Commit(uint64_t end);
  Span TakeRun(uint32_t& cursor, uint64_t least, uint64_t most);
  // Objects are cut off the span from now on.
  void Open(Span span);
  // Remembers what has been cut off the present span since the last time.
  void Close();

  const GcTypes& types_;
  Reservation reservation_;
  uint8_t* base_;
  uint8_t* cards_;
  Bits* bits_;
  // A bit for each line: whether something lives there or has been put there.
  uint64_t* lines_;
  uint64_t max_end_;
  uint64_t end_ = kGcFirstObject;
  uint32_t top_ = kGcFirstObject;

  // The span that objects are cut off; VmGcHeap has its rest.
  Span open_ = {kGcFirstObject, kGcFirstObject};
  bool inline_allocation_ = true;
  // Runs of lines taken since the last collection, and what of them has been
  // filled with objects of which nobody knows where they begin.
  std::vector<Span> runs_;
  std::vector<Span> filled_;
  // Lines: free runs are looked for from here on; short and long ones.
  uint32_t cursor_;
  uint32_t long_cursor_;
  uint64_t taken_ = 0;
  uint64_t live_ = 0;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_GC_SPACE_H_
