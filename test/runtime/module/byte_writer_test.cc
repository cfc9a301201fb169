#include "runtime/module/byte_writer.h"

#include <cstdint>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_reader.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;

// Numbers around every power of two.
std::vector<uint64_t> EdgeNumbers() {
  std::vector<uint64_t> numbers;
  for (int shift = 0; shift < 64; ++shift) {
    const uint64_t power = uint64_t{1} << shift;
    for (uint64_t number : {power - 1, power, power + 1, ~power}) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  for (uint64_t number : EdgeNumbers()) {
    const auto n32 = static_cast<uint32_t>(number);
    ByteWriter writer;
    writer.U64(number);
    writer.S64(static_cast<int64_t>(number));
    writer.U32(n32);
    writer.S32(static_cast<int32_t>(number));
    writer.S33(n32);
    writer.Fixed32(n32);
    writer.Fixed64(number);
    ByteReader reader(writer.bytes());
    EXPECT_EQ(reader.U64(), number);
    EXPECT_EQ(reader.S64(), static_cast<int64_t>(number));
    EXPECT_EQ(reader.U32(), n32);
    EXPECT_EQ(reader.S32(), static_cast<int32_t>(number));
    EXPECT_EQ(reader.S33(), n32);
    EXPECT_EQ(reader.Fixed32(), n32);
    EXPECT_EQ(reader.Fixed64(), number);
    EXPECT_TRUE(reader.ok() && reader.AtEnd());
  }
}

TEST(ByteWriter, UsesTheShortestForm) {
  ByteWriter writer;
  writer.U32(127);
  writer.U32(128);
  writer.S32(-64);
  writer.S32(-65);
  writer.S32(63);
  writer.S32(64);
  EXPECT_THAT(writer.bytes(), ElementsAre(0x7f, 0x80, 0x01, 0x40, 0xbf, 0x7f,
                                          0x3f, 0xc0, 0x00));
}

TEST(ByteWriter, WritesNamesWithTheirLength) {
  ByteWriter writer;
  writer.Name("ab");
  EXPECT_THAT(writer.Take(), ElementsAre(2, 'a', 'b'));
  EXPECT_EQ(writer.size(), 0u);
}

}  // namespace
}  // namespace wasijit
