#include "runtime/module/byte_reader.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_format.h"

namespace wasijit {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr char kUnexpectedEnd[] = "unexpected end of section or function";
constexpr char kTooLong[] = "integer representation too long";
constexpr char kTooLarge[] = "integer too large";
constexpr char kOutOfBounds[] = "length out of bounds";

// The length of the sequence that starts at `p`, or 0 if it is malformed
// (Unicode standard, table 3-7). REQUIRES: p < end.
size_t Utf8SequenceLength(const uint8_t* p, const uint8_t* end) {
  const uint8_t lead = *p;
  if (lead < 0x80) return 1;
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || static_cast<size_t>(end - p) < length) {
    return 0;
  }
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  if (p[1] < low || p[1] > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((p[i] & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

bool IsUtf8(absl::string_view bytes) {
  const auto* p = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* end = p + bytes.size();
  while (p != end) {
    uint64_t word;
    if (static_cast<size_t>(end - p) >= sizeof(word)) {
      std::memcpy(&word, p, sizeof(word));
      if ((word & 0x8080808080808080) == 0) {
        p += sizeof(word);
        continue;
      }
    }
    const size_t length = Utf8SequenceLength(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

absl::Status ByteReader::status() const {
  if (ok()) return absl::OkStatus();
  const std::string message =
      absl::StrFormat("%s at offset 0x%x", error(), error_offset_);
  return limit_exceeded_ ? absl::ResourceExhaustedError(message)
                         : absl::InvalidArgumentError(message);
}

std::string ByteReader::error() const {
  if (!error_code_) return error_;
  if (*error_code_ < 0x100) {
    return absl::StrFormat("%s %02x", error_, *error_code_);
  }
  return absl::StrFormat("%s %02x %02x", error_, *error_code_ >> 16,
                         *error_code_ & 0xffff);
}

void ByteReader::FailAt(const char* message, uint32_t offset) {
  if (error_ != nullptr) return;
  error_ = message;
  error_offset_ = offset;
  cursor_ = end_;
}

void ByteReader::FailAt(const char* message, uint32_t offset, uint32_t code) {
  if (error_ == nullptr) error_code_ = code;
  FailAt(message, offset);
}

void ByteReader::FailAtEnd() { Fail(kUnexpectedEnd); }

uint64_t ByteReader::LongUnsigned(int bits) {
  const uint32_t start = offset();
  uint64_t result = 0;
  for (int shift = 0; shift < bits; shift += 7) {
    const uint8_t byte = Byte();
    const int left = bits - shift;
    if (left < 7 && (byte & 0x7f) >> left != 0) {
      FailAt(kTooLarge, start);
      return 0;
    }
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return ok() ? result : 0;
  }
  FailAt(kTooLong, start);
  return 0;
}

int64_t ByteReader::LongSigned(int bits) {
  const uint32_t start = offset();
  uint64_t result = 0;
  for (int shift = 0; shift < bits; shift += 7) {
    const uint8_t byte = Byte();
    const int left = bits - shift;
    if (left < 7) {
      // The unused bits repeat the sign.
      const uint8_t mask = static_cast<uint8_t>(0x7f << (left - 1)) & 0x7f;
      if ((byte & mask) != 0 && (byte & mask) != mask) {
        FailAt(kTooLarge, start);
        return 0;
      }
    }
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      if (!ok()) return 0;
      const int used = shift + 7;
      if (used >= 64) return static_cast<int64_t>(result);
      return static_cast<int64_t>(result << (64 - used)) >> (64 - used);
    }
  }
  FailAt(kTooLong, start);
  return 0;
}

uint32_t ByteReader::Fixed32() {
  uint32_t result = 0;
  const absl::Span<const uint8_t> bytes = Bytes(sizeof(result));
  if (!bytes.empty()) std::memcpy(&result, bytes.data(), sizeof(result));
  return result;
}

uint64_t ByteReader::Fixed64() {
  uint64_t result = 0;
  const absl::Span<const uint8_t> bytes = Bytes(sizeof(result));
  if (!bytes.empty()) std::memcpy(&result, bytes.data(), sizeof(result));
  return result;
}

V128 ByteReader::Vector() {
  V128 result;
  const absl::Span<const uint8_t> bytes = Bytes(result.bytes.size());
  if (!bytes.empty()) {
    std::memcpy(result.bytes.data(), bytes.data(), bytes.size());
  }
  return result;
}

uint32_t ByteReader::Count() {
  const uint32_t start = offset();
  const size_t available = remaining();
  const uint32_t count = U32();
  // The reference interpreter compares with what is left before the count.
  if (count > available) {
    FailAt(kOutOfBounds, start);
  } else if (count > remaining()) {
    FailAtEnd();
  }
  return ok() ? count : 0;
}

absl::Span<const uint8_t> ByteReader::Bytes(size_t size) {
  if (size > remaining()) {
    FailAtEnd();
    return {};
  }
  const absl::Span<const uint8_t> result(cursor_, size);
  cursor_ += size;
  return result;
}

absl::string_view ByteReader::Name() {
  const uint32_t size = Count();
  const uint32_t start = offset();
  const absl::Span<const uint8_t> bytes = Bytes(size);
  const absl::string_view name(reinterpret_cast<const char*>(bytes.data()),
                               bytes.size());
  if (!IsUtf8(name)) {
    FailAt("malformed UTF-8 encoding", start);
    return {};
  }
  return name;
}

ByteReader ByteReader::Sub(size_t size) {
  const uint32_t start = offset();
  return ByteReader(Bytes(size), start);
}

}  // namespace wasijit
