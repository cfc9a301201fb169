#include "runtime/module/byte_reader.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

constexpr char kEnd[] = "unexpected end of section or function";
constexpr char kTooLong[] = "integer representation too long";
constexpr char kTooLarge[] = "integer too large";

struct UnsignedCase {
  Bytes bytes;
  uint64_t value;
  // Empty if the value is right.
  std::string error;
};

TEST(ByteReader, ReadsU32ByTheRulesOfLeb128) {
  const UnsignedCase kCases[] = {
      {{0x00}, 0, ""},
      {{0x7f}, 127, ""},
      {{0x80, 0x01}, 128, ""},
      {{0xe5, 0x8e, 0x26}, 624485, ""},
      {{0x80, 0x80, 0x80, 0x80, 0x00}, 0, ""},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, UINT32_MAX, ""},
      {{0xff, 0xff, 0xff, 0xff, 0x1f}, 0, kTooLarge},
      {{0xff, 0xff, 0xff, 0xff, 0x7f}, 0, kTooLarge},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 0, kTooLong},
      {{0x80, 0x80, 0x80}, 0, kEnd},
      {{}, 0, kEnd},
  };
  for (const UnsignedCase& c : kCases) {
    ByteReader reader(c.bytes);
    const uint32_t value = reader.U32();
    EXPECT_EQ(value, c.value);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
    EXPECT_TRUE(reader.AtEnd());
  }
}

TEST(ByteReader, ReadsU64ByTheRulesOfLeb128) {
  const UnsignedCase kCases[] = {
      {{0x05}, 5, ""},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
       UINT64_MAX,
       ""},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02},
       0,
       kTooLarge},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
       0,
       kTooLong},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 0, kEnd},
  };
  for (const UnsignedCase& c : kCases) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(reader.U64(), c.value);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
  }
}

struct SignedCase {
  Bytes bytes;
  int64_t value;
  std::string error;
};

TEST(ByteReader, ReadsS32ByTheRulesOfLeb128) {
  const SignedCase kCases[] = {
      {{0x00}, 0, ""},
      {{0x3f}, 63, ""},
      {{0x40}, -64, ""},
      {{0x7f}, -1, ""},
      {{0xc0, 0x00}, 64, ""},
      {{0x80, 0x7f}, -128, ""},
      {{0xff, 0xff, 0xff, 0xff, 0x07}, INT32_MAX, ""},
      {{0x80, 0x80, 0x80, 0x80, 0x78}, INT32_MIN, ""},
      {{0xff, 0xff, 0xff, 0xff, 0x7f}, -1, ""},
      // The unused bits contradict the sign.
      {{0x80, 0x80, 0x80, 0x80, 0x08}, 0, kTooLarge},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 0, kTooLarge},
      {{0xff, 0xff, 0xff, 0xff, 0x6f}, 0, kTooLarge},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 0, kTooLong},
      {{0xff}, 0, kEnd},
  };
  for (const SignedCase& c : kCases) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(reader.S32(), c.value);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
  }
}

TEST(ByteReader, ReadsS33AndS64) {
  const SignedCase kS33[] = {
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, UINT32_MAX, ""},
      {{0x40}, -64, ""},
      {{0x80, 0x80, 0x80, 0x80, 0x70}, -(int64_t{1} << 32), ""},
      {{0x80, 0x80, 0x80, 0x80, 0x10}, 0, kTooLarge},
  };
  for (const SignedCase& c : kS33) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(reader.S33(), c.value);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
  }
  const SignedCase kS64[] = {
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f},
       INT64_MIN,
       ""},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00},
       INT64_MAX,
       ""},
      {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
       0,
       kTooLarge},
  };
  for (const SignedCase& c : kS64) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(reader.S64(), c.value);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
  }
}

TEST(ByteReader, KeepsTheFirstErrorAndReadsNothingMore) {
  const Bytes bytes = {0x01, 0x02, 0x03};
  ByteReader reader(bytes, /*base=*/0x100);
  EXPECT_EQ(reader.Byte(), 1);
  reader.Fail("first");
  reader.Fail("second");
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_EQ(reader.Byte(), 0);
  EXPECT_EQ(reader.U32(), 0u);
  EXPECT_TRUE(reader.Bytes(1).empty());
  EXPECT_THAT(reader.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "first at offset 0x101"));
}

TEST(ByteReader, SaysWhichCodeIsIllegal) {
  ByteReader reader({});
  reader.FailAt("illegal opcode", 7, 0xff);
  EXPECT_EQ(reader.error(), "illegal opcode ff");
  ByteReader prefixed({});
  prefixed.FailAt("illegal opcode", 7, 0xfd0123);
  EXPECT_EQ(prefixed.error(), "illegal opcode fd 123");
}

TEST(ByteReader, TellsLimitsFromMalformedInput) {
  ByteReader reader({});
  reader.FailLimit("too many types");
  EXPECT_THAT(reader.status(), StatusIs(absl::StatusCode::kResourceExhausted,
                                        "too many types at offset 0x0"));
  ByteReader malformed({});
  malformed.Fail("malformed");
  malformed.FailLimit("too many types");
  EXPECT_EQ(malformed.status().code(), absl::StatusCode::kInvalidArgument);
}

// A count may be reserved for: it never exceeds the bytes that follow.
TEST(ByteReader, RefusesCountsThatCannotBeFulfilled) {
  const struct {
    Bytes bytes;
    uint32_t count;
    std::string error;
  } kCases[] = {
      {{0x00}, 0, ""},
      {{0x02, 0xaa, 0xbb}, 2, ""},
      // As the reference interpreter has it, the count itself counts.
      {{0x03, 0xaa, 0xbb}, 0, kEnd},
      {{0x04, 0xaa, 0xbb}, 0, "length out of bounds"},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 0, "length out of bounds"},
  };
  for (const auto& c : kCases) {
    ByteReader reader(c.bytes);
    EXPECT_EQ(reader.Count(), c.count);
    EXPECT_EQ(reader.ok() ? "" : reader.error(), c.error);
  }
}

TEST(ByteReader, ReadsFixedWidths) {
  const Bytes bytes = {0x78, 0x56, 0x34, 0x12, 1, 2, 3, 4, 5, 6, 7, 8};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Fixed32(), 0x12345678u);
  EXPECT_EQ(reader.Fixed64(), 0x0807060504030201u);
  EXPECT_EQ(reader.Vector(), V128());
  EXPECT_EQ(reader.error(), kEnd);
}

TEST(ByteReader, CutsOutAPart) {
  const Bytes bytes = {1, 2, 3, 4};
  ByteReader reader(bytes, 10);
  reader.Byte();
  ByteReader part = reader.Sub(2);
  EXPECT_EQ(part.offset(), 11u);
  EXPECT_EQ(part.Byte(), 2);
  EXPECT_EQ(part.Byte(), 3);
  EXPECT_TRUE(part.AtEnd());
  EXPECT_EQ(reader.Byte(), 4);
  reader.Sub(1);
  EXPECT_FALSE(reader.ok());
}

TEST(IsUtf8, AcceptsExactlyWellFormedSequences) {
  const struct {
    std::string bytes;
    bool valid;
  } kCases[] = {
      {"", true},
      {"plain ascii, longer than eight bytes", true},
      {"\x7f", true},
      {"\xc2\x80", true},
      {"\xdf\xbf", true},
      {"\xe0\xa0\x80", true},
      {"\xed\x9f\xbf", true},
      {"\xee\x80\x80", true},
      {"\xf0\x90\x80\x80", true},
      {"\xf4\x8f\xbf\xbf", true},
      // Continuation without a lead, lead without a continuation.
      {"\x80", false},
      {"\xc2", false},
      {"\xe1\x80", false},
      {"\xf1\x80\x80", false},
      {"12345678\xc2", false},
      // Overlong forms.
      {"\xc0\x80", false},
      {"\xc1\xbf", false},
      {"\xe0\x9f\xbf", false},
      {"\xf0\x8f\xbf\xbf", false},
      // Surrogates, and beyond the last code point.
      {"\xed\xa0\x80", false},
      {"\xf4\x90\x80\x80", false},
      {"\xf5\x80\x80\x80", false},
      {"\xff", false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(IsUtf8(c.bytes), c.valid) << testing::PrintToString(c.bytes);
  }
}

TEST(ByteReader, ReadsNames) {
  const Bytes good = {3, 'a', 0xc3, 0xa9};
  ByteReader reader(good);
  EXPECT_EQ(reader.Name(), "a\xc3\xa9");
  const Bytes bad = {2, 'a', 0xc3, 0xa9};
  ByteReader malformed(bad);
  EXPECT_EQ(malformed.Name(), "");
  EXPECT_EQ(malformed.error(), "malformed UTF-8 encoding");
  EXPECT_EQ(malformed.error_offset(), 1u);
}

}  // namespace
}  // namespace wasijit
