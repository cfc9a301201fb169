// Where compiled code notes what it writes into objects.
//
// Most objects die young. So most collections look at new objects only, those
// made since the one before: what is older counts as alive, and its references
// are looked at only where it has been written to since. A heap has a byte, a
// card, for each stretch of kGcCardSize bytes; whoever stores a reference that
// a collector follows into an object makes it 1. Filling in a new object is not
// noted.
#ifndef WASIJIT_RUNTIME_ABI_GC_CARDS_H_
#define WASIJIT_RUNTIME_ABI_GC_CARDS_H_

#include <cstdint>

namespace wasijit {

inline constexpr uint32_t kGcCardShift = 9;
inline constexpr uint32_t kGcCardSize = 1 << kGcCardShift;
// From the card of address 0 of a heap to the heap's base. VmGcHeap is between.
inline constexpr uint64_t kGcCardsDistance =
    (uint64_t{1} << (32 - kGcCardShift)) + 65536;

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_GC_CARDS_H_
