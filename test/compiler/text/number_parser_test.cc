#include "compiler/text/number_parser.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(ClassifyNumber, KnowsEveryForm) {
  const struct {
    const char* text;
    NumberForm form;
  } kCases[] = {
      {"0", NumberForm::kNat},
      {"0123456789", NumberForm::kNat},
      {"1_000_000", NumberForm::kNat},
      {"0xaF_09", NumberForm::kNat},
      {"-0", NumberForm::kInt},
      {"+0x7f", NumberForm::kInt},
      {"1.", NumberForm::kFloat},
      {"1.5", NumberForm::kFloat},
      {"1e5", NumberForm::kFloat},
      {"1.e+5", NumberForm::kFloat},
      {"-1_0.0_1E-0_5", NumberForm::kFloat},
      {"0x1.", NumberForm::kFloat},
      {"0x1p4", NumberForm::kFloat},
      {"0xa.fP-1_0", NumberForm::kFloat},
      {"inf", NumberForm::kFloat},
      {"-inf", NumberForm::kFloat},
      {"nan", NumberForm::kFloat},
      {"+nan:0x1_f", NumberForm::kFloat},
      {"", NumberForm::kNone},
      {"-", NumberForm::kNone},
      {"_1", NumberForm::kNone},
      {"1_", NumberForm::kNone},
      {"1__0", NumberForm::kNone},
      {"0x", NumberForm::kNone},
      {"0x_1", NumberForm::kNone},
      {"0X1", NumberForm::kNone},
      {"0xg", NumberForm::kNone},
      {".5", NumberForm::kNone},
      {"1._5", NumberForm::kNone},
      {"1.5_", NumberForm::kNone},
      {"1e", NumberForm::kNone},
      {"1e+", NumberForm::kNone},
      {"1e_1", NumberForm::kNone},
      {"1p4", NumberForm::kNone},
      {"0x1e+4", NumberForm::kNone},
      {"0x1p", NumberForm::kNone},
      {"0x1pA", NumberForm::kNone},
      {"nan:1", NumberForm::kNone},
      {"nan:0x", NumberForm::kNone},
      {"infinity", NumberForm::kNone},
      {"--1", NumberForm::kNone},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ClassifyNumber(test.text), test.form) << test.text;
  }
}

TEST(ParseUnsigned, HoldsTheRange) {
  const struct {
    const char* text;
    int bits;
    std::optional<uint64_t> value;
  } kCases[] = {
      {"0", 32, 0},
      {"4294967295", 32, 4294967295},
      {"4_294_967_296", 32, std::nullopt},
      {"0xffff_ffff", 32, 0xffffffff},
      {"0x1_0000_0000", 32, std::nullopt},
      {"255", 8, 255},
      {"256", 8, std::nullopt},
      {"18446744073709551615", 64, UINT64_MAX},
      {"18446744073709551616", 64, std::nullopt},
      {"0xffffffffffffffff", 64, UINT64_MAX},
      {"0x10000000000000000", 64, std::nullopt},
      {"0000000000000000000000000000000000001", 8, 1},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ParseUnsigned(test.text, test.bits), test.value) << test.text;
  }
}

TEST(ParseInteger, TakesBothRangesAsTwosComplement) {
  const struct {
    const char* text;
    int bits;
    std::optional<uint64_t> value;
  } kCases[] = {
      {"-1", 8, 0xff},
      {"-128", 8, 0x80},
      {"-129", 8, std::nullopt},
      {"255", 8, 0xff},
      {"+127", 8, 0x7f},
      {"+128", 8, std::nullopt},
      {"-0x8000_0000", 32, 0x80000000},
      {"-0x8000_0001", 32, std::nullopt},
      {"-1", 32, 0xffffffff},
      {"-9223372036854775808", 64, uint64_t{1} << 63},
      {"-9223372036854775809", 64, std::nullopt},
      {"-0", 64, 0},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ParseInteger(test.text, test.bits), test.value) << test.text;
  }
}

TEST(ParseF32, RoundsToNearestTiesToEven) {
  const struct {
    const char* text;
    std::optional<uint32_t> bits;
  } kCases[] = {
      {"0", 0},
      {"-0", 0x80000000},
      {"-0x0p5", 0x80000000},
      {"1", 0x3f800000},
      {"0x1p-149", 1},
      // Half of the least subnormal is even, anything above it is not.
      {"0x1p-150", 0},
      {"0x1.000000000000000000000000000000000000001p-150", 1},
      {"0x1.8p-149", 2},
      {"0x1.fffffep-127", 0x00800000},
      {"0x1.000001p0", 0x3f800000},
      {"0x1.0000010000000000000000000000001p0", 0x3f800001},
      {"0x1.000003p0", 0x3f800002},
      {"0x1.fffffep127", 0x7f7fffff},
      {"0x1.fffffefffffff8p127", 0x7f7fffff},
      {"0x1.ffffffp127", std::nullopt},
      {"340282356779733642748073463979561713663", 0x7f7fffff},
      {"340282356779733661637539395458142568448", std::nullopt},
      {"1e39", std::nullopt},
      {"1e-60", 0},
      {"1e999999999999999999999999", std::nullopt},
      {"0e999999999999999999999999", 0},
      {"1e-999999999999999999999999", 0},
      {"0x1p99999999999999999999", std::nullopt},
      {"0x1p-99999999999999999999", 0},
      {"0x0p99999999999999999999", 0},
      {"1.1754943508222875e-38", 0x00800000},
      {"1.401298464324817e-45", 1},
      {"7.006492321624085e-46", 0},
      {"7.006492321624086e-46", 1},
      {"inf", 0x7f800000},
      {"-inf", 0xff800000},
      {"nan", 0x7fc00000},
      {"-nan", 0xffc00000},
      {"nan:0x1", 0x7f800001},
      {"-nan:0x7f_ffff", 0xffffffff},
      {"nan:0x0", std::nullopt},
      {"nan:0x80_0000", std::nullopt},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ParseF32(test.text), test.bits) << test.text;
  }
}

TEST(ParseF64, RoundsToNearestTiesToEven) {
  const struct {
    const char* text;
    std::optional<uint64_t> bits;
  } kCases[] = {
      {"0x1p-1074", 1},
      {"0x1p-1075", 0},
      {"0x1.0000000000000000000001p-1075", 1},
      {"4.9406564584124654e-324", 1},
      {"2.4703282292062327e-324", 0},
      {"2.4703282292062328e-324", 1},
      {"0x1.fffffffffffffp1023", 0x7fefffffffffffff},
      {"0x1.fffffffffffff7ffp1023", 0x7fefffffffffffff},
      {"0x1.fffffffffffff8p1023", std::nullopt},
      {"1.7976931348623158e308", 0x7fefffffffffffff},
      {"1.7976931348623159e308", std::nullopt},
      {"0x1.00000000000008p0", 0x3ff0000000000000},
      {"0x1.000000000000080000001p0", 0x3ff0000000000001},
      {"nan:0xf_ffff_ffff_ffff", 0x7fffffffffffffff},
      {"nan:0x10_0000_0000_0000", std::nullopt},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(ParseF64(test.text), test.bits) << test.text;
  }
}

// strtod of the C library rounds correctly, in base 10 and 16.
TEST(ParseF64, AgreesWithTheCLibraryOnRandomNumbers) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    for (const char* format : {"%.17g", "%.25g", "%a", "%.3g", "%.15a"}) {
      char buffer[64];
      std::snprintf(buffer, sizeof(buffer), format, value);
      const double expected = std::strtod(buffer, nullptr);
      if (std::isinf(expected)) continue;
      EXPECT_THAT(ParseF64(buffer),
                  Optional(Eq(std::bit_cast<uint64_t>(expected))))
          << buffer;
      const float narrow = std::strtof(buffer, nullptr);
      if (std::isinf(narrow)) continue;
      EXPECT_THAT(ParseF32(buffer),
                  Optional(Eq(std::bit_cast<uint32_t>(narrow))))
          << buffer;
    }
  }
}

TEST(ParseF64, IsExactBeyondAnyNumberOfDigits) {
  const std::string zeros(100'000, '0');
  // 1 + 2^-53, a tie, with a digit far behind it or none.
  const std::string tie =
      "1.00000000000000011102230246251565404236316680908203125";
  EXPECT_THAT(ParseF64(tie), Optional(Eq(0x3ff0000000000000u)));
  EXPECT_THAT(ParseF64(absl::StrCat(tie, zeros, "1")),
              Optional(Eq(0x3ff0000000000001u)));
  EXPECT_THAT(ParseF64(absl::StrCat("0.", zeros, "1e100001")),
              Optional(Eq(0x3ff0000000000000u)));
  EXPECT_THAT(ParseF64(absl::StrCat("1", zeros, "e-100000")),
              Optional(Eq(0x3ff0000000000000u)));
  EXPECT_THAT(ParseF64(absl::StrCat("0x0.", zeros, "1p400004")),
              Optional(Eq(0x3ff0000000000000u)));
}

}  // namespace
}  // namespace wasijit::compiler
