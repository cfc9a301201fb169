// Appends what ByteReader reads (specification, 5.1-5.2).
#ifndef WASIJIT_RUNTIME_MODULE_BYTE_WRITER_H_
#define WASIJIT_RUNTIME_MODULE_BYTE_WRITER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/module/value.h"

namespace wasijit {

// Integers get their shortest LEB128 form.
class ByteWriter {
 public:
  size_t size() const { return bytes_.size(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  // Leaves the writer empty.
  std::vector<uint8_t> Take() { return std::exchange(bytes_, {}); }

  // Drops what follows the first `size` bytes. REQUIRES: size <= size().
  void Truncate(size_t size) { bytes_.resize(size); }

  void Byte(uint8_t byte) { bytes_.push_back(byte); }
  void Bytes(absl::Span<const uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }

  void U32(uint32_t value) { U64(value); }
  void U64(uint64_t value);
  void S32(int32_t value) { S64(value); }
  void S33(int64_t value) { S64(value); }
  void S64(int64_t value);

  void Fixed32(uint32_t bits);
  void Fixed64(uint64_t bits);
  void Vector(const V128& value) { Bytes(value.bytes); }

  // Length and bytes.
  void Name(absl::string_view name);
  void SizedBytes(absl::Span<const uint8_t> bytes);

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_MODULE_BYTE_WRITER_H_
