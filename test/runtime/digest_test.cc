#include "runtime/digest.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace wasijit {
namespace {

using Parts = std::vector<absl::Span<const uint8_t>>;

Parts PartsOf(const std::vector<absl::string_view>& texts) {
  Parts parts;
  for (absl::string_view text : texts) parts.push_back(BytesOf(text));
  return parts;
}

TEST(DigestOf, IsSha256OfSizesAndParts) {
  // printf '\3\0\0\0\0\0\0\0abc' | sha256sum
  EXPECT_EQ(ToString(DigestOf(PartsOf({"abc"}))),
            "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
}

TEST(AuthenticatorOf, IsHmac) {
  Digest key = {};
  // printf '\3\0\0\0\0\0\0\0abc' | openssl dgst -sha256 -mac HMAC -macopt
  // hexkey:00...00
  EXPECT_EQ(ToString(AuthenticatorOf(key, PartsOf({"abc"}))),
            "46187e589e447f02c5c0aa97e7338a67a137f4c84cfdd9eb2ab6b5d32f51595f");
  const Digest before = AuthenticatorOf(key, PartsOf({"abc"}));
  key[31] = 1;
  EXPECT_FALSE(Equal(before, AuthenticatorOf(key, PartsOf({"abc"}))));
}

TEST(DigestOf, TellsSequencesApart) {
  const std::vector<std::vector<absl::string_view>> kSequences = {
      {}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}};
  for (const auto& a : kSequences) {
    for (const auto& b : kSequences) {
      EXPECT_EQ(Equal(DigestOf(PartsOf(a)), DigestOf(PartsOf(b))), &a == &b);
    }
  }
}

TEST(Equal, ComparesEveryByte) {
  const Digest digest = DigestOf(PartsOf({"x"}));
  EXPECT_TRUE(Equal(digest, digest));
  for (size_t i = 0; i < digest.size(); ++i) {
    Digest other = digest;
    other[i] ^= 0x80;
    EXPECT_FALSE(Equal(digest, other)) << i;
  }
}

}  // namespace
}  // namespace wasijit
