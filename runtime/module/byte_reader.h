// A cursor over the bytes of a binary module (specification, 5.1-5.2).
//
// Errors are sticky, so that reading is cheap: the first failure is kept with
// its offset, moves the cursor to the end, and makes every further read return
// zero or nothing. Check ok() before a result is used for anything but more
// reading, and at the latest when done:
//
//   ByteReader reader(bytes);
//   const uint32_t count = reader.Count();
//   for (uint32_t i = 0; i < count && reader.ok(); ++i) ...
//   if (!reader.ok()) return reader.status();
//
// Messages are those of the specification's reference interpreter.
#ifndef WASIJIT_RUNTIME_MODULE_BYTE_READER_H_
#define WASIJIT_RUNTIME_MODULE_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/module/value.h"

namespace wasijit {

// Whether the bytes are well-formed UTF-8: no surrogates, overlong forms or
// values above U+10FFFF.
bool IsUtf8(absl::string_view bytes);

class ByteReader {
 public:
  // `base` is the offset in the file of the first byte; base plus size is
  // below 2^32. The bytes must outlive the reader.
  explicit ByteReader(absl::Span<const uint8_t> bytes, uint32_t base = 0)
      : begin_(bytes.data()),
        cursor_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        base_(base) {}

  bool ok() const { return error_ == nullptr; }
  // "<message> at offset 0x1f", InvalidArgument, or ResourceExhausted after
  // FailLimit(); OK if ok().
  absl::Status status() const;
  // The message alone. REQUIRES: !ok().
  std::string error() const;
  // Where. REQUIRES: !ok().
  uint32_t error_offset() const { return error_offset_; }

  // Records a failure unless there is one already. `message` is a literal.
  void Fail(const char* message) { FailAt(message, offset()); }
  void FailAt(const char* message, uint32_t offset);
  // The same; the message ends with the code in hexadecimal ("fd 9a" for the
  // prefix 0xfd and the number 0x9a, given as 0xfd009a).
  void FailAt(const char* message, uint32_t offset, uint32_t code);

  // Records that an implementation limit is exceeded.
  void FailLimit(const char* message) {
    limit_exceeded_ |= ok();
    Fail(message);
  }

  bool AtEnd() const { return cursor_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - cursor_); }
  // Offset in the file of the next byte.
  uint32_t offset() const {
    return base_ + static_cast<uint32_t>(cursor_ - begin_);
  }

  uint8_t Byte() {
    if (cursor_ == end_) [[unlikely]] {
      FailAtEnd();
      return 0;
    }
    return *cursor_++;
  }
  // The next byte without consuming it; 0 at the end.
  uint8_t Peek() const { return cursor_ == end_ ? 0 : *cursor_; }

  // LEB128 (5.2.2).
  uint32_t U32() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]] {
      return *cursor_++;
    }
    return static_cast<uint32_t>(LongUnsigned(32));
  }
  uint64_t U64() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]] {
      return *cursor_++;
    }
    return LongUnsigned(64);
  }
  int32_t S32() { return static_cast<int32_t>(Signed(32)); }
  int64_t S33() { return Signed(33); }
  int64_t S64() { return Signed(64); }

  // Little-endian bits of floats and vectors.
  uint32_t Fixed32();
  uint64_t Fixed64();
  V128 Vector();

  // A number of bytes, or of things that take at least one byte each: fails if
  // fewer bytes remain, so that the result may be reserved for.
  uint32_t Count();

  // The next `size` bytes; nothing, and a failure, if fewer remain.
  absl::Span<const uint8_t> Bytes(size_t size);
  // A length and as many bytes of UTF-8 (5.2.4).
  absl::string_view Name();

  // The reader of the next `size` bytes, which are skipped.
  ByteReader Sub(size_t size);

 private:
  int64_t Signed(int bits) {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]] {
      // Sign extension from bit 6.
      return static_cast<int8_t>(static_cast<uint8_t>(*cursor_++ << 1)) >> 1;
    }
    return LongSigned(bits);
  }
  uint64_t LongUnsigned(int bits);
  int64_t LongSigned(int bits);
  void FailAtEnd();

  const uint8_t* begin_;
  const uint8_t* cursor_;
  const uint8_t* end_;
  uint32_t base_;
  uint32_t error_offset_ = 0;
  bool limit_exceeded_ = false;
  const char* error_ = nullptr;
  std::optional<uint32_t> error_code_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_BYTE_READER_H_
