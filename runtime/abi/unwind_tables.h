// How an exception leaves frames of compiled code and where it is caught.
//
// Every frame that makes a call is linked by the frame pointer: the caller's
// frame pointer lies at its frame pointer, the return address 8 bytes above.
// What else a frame keeps of its caller is in the tables. They hold for return
// addresses only, where every prologue is complete.
#ifndef WASIJIT_RUNTIME_ABI_UNWIND_TABLES_H_
#define WASIJIT_RUNTIME_ABI_UNWIND_TABLES_H_

#include <cstdint>
#include <vector>

namespace wasijit {

// The callee-saved registers that unwinding restores one by one, in the order
// of their indices here: x86-64 rbx, r12 to r15; AArch64 x19 to x28, d8 to d15.
inline constexpr uint32_t kX86SavedRegisters = 5;
inline constexpr uint32_t kAArch64SavedRegisters = 18;

// A register of the caller that the frame keeps at `offset` from the frame
// pointer.
struct SavedRegister {
  uint32_t index;
  int32_t offset;

  friend bool operator==(const SavedRegister&, const SavedRegister&) = default;
};

// The shape that frames of some functions have.
struct FrameLayout {
  // Distance of the caller's stack pointer from the frame pointer.
  int32_t caller_stack;
  // Range of UnwindTables::saved_registers.
  uint32_t saved_begin;
  uint32_t saved_end;
};

// Exceptions that come out of a call whose last byte is in [begin, end) go on
// at `target`. Offsets in the text.
struct LandingPad {
  uint32_t begin;
  uint32_t end;
  uint32_t target;

  friend bool operator==(const LandingPad&, const LandingPad&) = default;
};

struct UnwindTables {
  std::vector<SavedRegister> saved_registers;
  std::vector<FrameLayout> layouts;
  // By index of the defined function: index of its layout.
  std::vector<uint32_t> frames;
  // Ascending, disjoint.
  std::vector<LandingPad> landing_pads;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_UNWIND_TABLES_H_
