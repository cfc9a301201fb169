#include "wasi/errno.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace wasijit::wasi {
namespace {

TEST(ErrnoTest, NumbersAreThoseOfTheSpecification) {
  // The corners of the table, and the numbers that programs meet most.
  EXPECT_EQ(static_cast<int>(Errno::kSuccess), 0);
  EXPECT_EQ(static_cast<int>(Errno::k2big), 1);
  EXPECT_EQ(static_cast<int>(Errno::kBadf), 8);
  EXPECT_EQ(static_cast<int>(Errno::kInval), 28);
  EXPECT_EQ(static_cast<int>(Errno::kNoent), 44);
  EXPECT_EQ(static_cast<int>(Errno::kNosys), 52);
  EXPECT_EQ(static_cast<int>(Errno::kXdev), 75);
  EXPECT_EQ(static_cast<int>(Errno::kNotcapable), 76);
}

TEST(ErrnoTest, EveryNumberHasANameAndAMeaningOfItsOwn) {
  std::set<std::string> names;
  std::set<std::string> meanings;
  for (int number = 0; number <= 76; ++number) {
    names.insert(std::string(ErrnoName(static_cast<Errno>(number))));
    meanings.insert(std::string(ErrnoMeaning(static_cast<Errno>(number))));
  }
  EXPECT_EQ(names.size(), 77u);
  EXPECT_EQ(meanings.size(), 77u);
  EXPECT_EQ(ErrnoName(Errno::kNoent), "noent");
  EXPECT_EQ(ErrnoMeaning(Errno::kNoent), "no such file or directory");
}

TEST(ErrnoTest, NumbersBeyondTheTableAreUnknown) {
  EXPECT_EQ(ErrnoName(static_cast<Errno>(77)), "unknown");
  EXPECT_EQ(ErrnoMeaning(static_cast<Errno>(65535)), "unknown error");
}

Result<int> Half(int value) {
  if (value % 2 != 0) return std::unexpected(Errno::kDom);
  return value / 2;
}

Result<int> Quarter(int value) {
  WASI_RETURN_IF_ERROR(Half(value));
  WASI_ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

TEST(ErrnoTest, MacrosPassValuesAndErrorsOn) {
  EXPECT_EQ(Quarter(12), 3);
  EXPECT_EQ(Quarter(6).error(), Errno::kDom);
  EXPECT_EQ(Quarter(5).error(), Errno::kDom);
}

}  // namespace
}  // namespace wasijit::wasi
