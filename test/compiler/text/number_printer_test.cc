#include "compiler/text/number_printer.h"

#include <bit>
#include <cstdint>
#include <random>

#include "compiler/text/number_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

using ::testing::Optional;

TEST(PrintF64, IsShortAndReadable) {
  const struct {
    uint64_t bits;
    const char* text;
  } kCases[] = {
      {0, "0"},
      {uint64_t{1} << 63, "-0"},
      {std::bit_cast<uint64_t>(0.1), "0.1"},
      {std::bit_cast<uint64_t>(-1e300), "-1e+300"},
      {1, "5e-324"},
      {0x7ff0000000000000, "inf"},
      {0xfff0000000000000, "-inf"},
      {0x7ff8000000000000, "nan"},
      {0xfff8000000000000, "-nan"},
      {0x7ff0000000000001, "nan:0x1"},
      {0xffffffffffffffff, "-nan:0xfffffffffffff"},
  };
  for (const auto& test : kCases) EXPECT_EQ(PrintF64(test.bits), test.text);
}

TEST(PrintF32, IsShortAndReadable) {
  EXPECT_EQ(PrintF32(std::bit_cast<uint32_t>(0.1f)), "0.1");
  EXPECT_EQ(PrintF32(0x7fa00000), "nan:0x200000");
}

TEST(PrintFloats, ReadBackBitByBit) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t bits = random();
    EXPECT_THAT(ParseF64(PrintF64(bits)), Optional(bits)) << bits;
    const auto narrow = static_cast<uint32_t>(bits);
    EXPECT_THAT(ParseF32(PrintF32(narrow)), Optional(narrow)) << narrow;
  }
}

}  // namespace
}  // namespace wasijit::compiler
