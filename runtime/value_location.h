// Values in the register file and the call buffer (calling_convention.h).
#ifndef WASIJIT_RUNTIME_VALUE_LOCATION_H_
#define WASIJIT_RUNTIME_VALUE_LOCATION_H_

#include "runtime/abi/calling_convention.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit {

// The cell of a value that is in the register file or the call buffer.
inline void* LocationAddress(ValueLocation location, RegisterFile& registers,
                             void* call_buffer) {
  switch (location.kind) {
    case ValueLocation::Kind::kIntegerRegister:
      return &registers.integers[location.index];
    case ValueLocation::Kind::kVectorRegister:
      return &registers.vectors[location.index];
    case ValueLocation::Kind::kBuffer:
      break;
  }
  return static_cast<uint8_t*>(call_buffer) +
         location.index * kCallBufferSlotSize;
}

// Reads a value of the type from a cell, and writes one, as compiled code does:
// i32 zero-extended to 64 bits, vectors 16 bytes, all others 8. What lies
// beyond a narrower value that compiled code has written is ignored.
Value ReadCell(const void* cell, ValueType type);
void WriteCell(void* cell, const Value& value);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_VALUE_LOCATION_H_
