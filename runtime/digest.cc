#include "runtime/digest.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "absl/strings/escaping.h"

namespace wasijit {
namespace {

template <typename Context>
Digest Finish(void (*update)(Context*, size_t, const uint8_t*),
              void (*finish)(Context*, size_t, uint8_t*), Context& context,
              absl::Span<const absl::Span<const uint8_t>> parts) {
  for (const absl::Span<const uint8_t> part : parts) {
    const uint64_t size = part.size();
    update(&context, sizeof(size), reinterpret_cast<const uint8_t*>(&size));
    update(&context, part.size(), part.data());
  }
  Digest digest;
  finish(&context, digest.size(), digest.data());
  return digest;
}

}  // namespace

Digest DigestOf(absl::Span<const absl::Span<const uint8_t>> parts) {
  sha256_ctx context;
  nettle_sha256_init(&context);
  return Finish(nettle_sha256_update, nettle_sha256_digest, context, parts);
}

Digest AuthenticatorOf(const Digest& key,
                       absl::Span<const absl::Span<const uint8_t>> parts) {
  hmac_sha256_ctx context;
  nettle_hmac_sha256_set_key(&context, key.size(), key.data());
  return Finish(nettle_hmac_sha256_update, nettle_hmac_sha256_digest, context,
                parts);
}

bool Equal(const Digest& a, const Digest& b) {
  return nettle_memeql_sec(a.data(), b.data(), a.size()) != 0;
}

std::string ToString(const Digest& digest) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace wasijit
