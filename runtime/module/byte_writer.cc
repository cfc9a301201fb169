#include "runtime/module/byte_writer.h"

namespace wasijit {

void ByteWriter::U64(uint64_t value) {
  while (value >= 0x80) {
    Byte(static_cast<uint8_t>(value) | 0x80);
    value >>= 7;
  }
  Byte(static_cast<uint8_t>(value));
}

void ByteWriter::S64(int64_t value) {
  // Done when what is left is the sign of the bits written.
  while (value < -0x40 || value >= 0x40) {
    Byte(static_cast<uint8_t>(value & 0x7f) | 0x80);
    value >>= 7;
  }
  Byte(static_cast<uint8_t>(value & 0x7f));
}

void ByteWriter::Fixed32(uint32_t bits) {
  for (int shift = 0; shift < 32; shift += 8) {
    Byte(static_cast<uint8_t>(bits >> shift));
  }
}

void ByteWriter::Fixed64(uint64_t bits) {
  for (int shift = 0; shift < 64; shift += 8) {
    Byte(static_cast<uint8_t>(bits >> shift));
  }
}

void ByteWriter::Name(absl::string_view name) {
  SizedBytes(absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(name.data()),
                                 name.size()));
}

void ByteWriter::SizedBytes(absl::Span<const uint8_t> bytes) {
  U32(static_cast<uint32_t>(bytes.size()));
  Bytes(bytes);
}

}  // namespace wasijit
