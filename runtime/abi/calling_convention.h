// Where the arguments and results of a WebAssembly function travel.
//
// Compiled functions use LLVM's swiftcc; the context register (x86-64 r13,
// AArch64 x20) carries the callee's pinned context. The first six values that
// are integers or references travel in integer registers, the first eight that
// are floats or vectors in vector registers; i32 is zero-extended to 64 bits.
// Results use four registers of each class. Everything further travels in
// 16-byte slots of the call buffer that both contexts point to: the callee
// reads its arguments from the buffer before it makes any call and writes
// results to it just before it returns. So no call has stack arguments.
//
// Integer registers: x86-64 rdi rsi rdx rcx r8 r9, results rax rdx rcx r8;
// AArch64 x0-x5, results x0-x3. Vector registers: xmm0-7 or v0-7, results 0-3.
#ifndef WASIJIT_RUNTIME_ABI_CALLING_CONVENTION_H_
#define WASIJIT_RUNTIME_ABI_CALLING_CONVENTION_H_

#include <cstddef>
#include <cstdint>

#include "runtime/module/types.h"

namespace wasijit {

inline constexpr uint32_t kIntegerArgumentRegisters = 6;
inline constexpr uint32_t kVectorArgumentRegisters = 8;
inline constexpr uint32_t kResultRegisters = 4;

inline constexpr size_t kCallBufferSlotSize = 16;
// A function has at most 1,000 parameters and 1,000 results.
inline constexpr size_t kCallBufferSize = 1024 * kCallBufferSlotSize;

struct ValueLocation {
  enum class Kind : uint8_t { kIntegerRegister, kVectorRegister, kBuffer };
  Kind kind;
  // Register number within its class, or call-buffer slot.
  uint32_t index;
};

// Assigns locations to consecutive values.
class LocationAssigner {
 public:
  static constexpr LocationAssigner ForArguments() {
    return LocationAssigner(kIntegerArgumentRegisters,
                            kVectorArgumentRegisters);
  }
  static constexpr LocationAssigner ForResults() {
    return LocationAssigner(kResultRegisters, kResultRegisters);
  }

  constexpr ValueLocation Next(bool in_vector_register) {
    uint32_t& used = in_vector_register ? vectors_ : integers_;
    if (used < (in_vector_register ? max_vectors_ : max_integers_)) {
      return {in_vector_register ? ValueLocation::Kind::kVectorRegister
                                 : ValueLocation::Kind::kIntegerRegister,
              used++};
    }
    return {ValueLocation::Kind::kBuffer, buffer_slots_++};
  }

  ValueLocation Next(ValueType type) {
    return Next(/*in_vector_register=*/type.IsFloat() || type.IsVector());
  }

 private:
  constexpr LocationAssigner(uint32_t max_integers, uint32_t max_vectors)
      : max_integers_(max_integers), max_vectors_(max_vectors) {}

  uint32_t max_integers_;
  uint32_t max_vectors_;
  uint32_t integers_ = 0;
  uint32_t vectors_ = 0;
  uint32_t buffer_slots_ = 0;
};

// The register arguments or results of one call, as the entry stub loads them
// and the generic host thunk stores them.
struct RegisterFile {
  uint64_t integers[kIntegerArgumentRegisters];
  alignas(16) uint8_t vectors[kVectorArgumentRegisters][16];
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_CALLING_CONVENTION_H_
