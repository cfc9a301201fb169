// Cryptographic digests, for files that must not be mistaken or forged.
#ifndef WASIJIT_RUNTIME_DIGEST_H_
#define WASIJIT_RUNTIME_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace wasijit {

inline constexpr size_t kDigestSize = 32;
using Digest = std::array<uint8_t, kDigestSize>;

// SHA-256 of a sequence of parts, each with its size in front: two different
// sequences have different digests.
Digest DigestOf(absl::Span<const absl::Span<const uint8_t>> parts);

// HMAC-SHA-256 of such a sequence: who does not know the key can neither make
// one nor find parts for one.
Digest AuthenticatorOf(const Digest& key,
                       absl::Span<const absl::Span<const uint8_t>> parts);

// Takes the same time wherever the two differ.
bool Equal(const Digest& a, const Digest& b);

// In hexadecimal.
std::string ToString(const Digest& digest);

inline absl::Span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_DIGEST_H_
