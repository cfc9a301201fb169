// Making the header of a changed code image right again: what a hostile file
// has, and what lets changes be seen by the checks behind the header.
#ifndef WASIJIT_TEST_SUPPORT_IMAGE_CHECKSUM_H_
#define WASIJIT_TEST_SUPPORT_IMAGE_CHECKSUM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace wasijit::test {

// Where the checksum lies, and what it is of: everything behind it.
inline constexpr size_t kImageChecksum = 8;
inline constexpr size_t kImageChecked = 16;

// REQUIRES: the bytes are as many as what is checked begins with.
inline void FixImageChecksum(std::vector<uint8_t>& bytes) {
  uint64_t state = bytes.size() - kImageChecked;
  for (size_t i = kImageChecked; i < bytes.size(); i += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, &bytes[i], std::min(sizeof(word), bytes.size() - i));
    state = (state ^ word) * 0x9e3779b97f4a7c15;
    state ^= state >> 32;
  }
  std::memcpy(&bytes[kImageChecksum], &state, sizeof(state));
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_IMAGE_CHECKSUM_H_
