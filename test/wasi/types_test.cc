#include "wasi/types.h"

#include <limits>

#include "gtest/gtest.h"

namespace wasijit::wasi {
namespace {

TEST(TypesTest, FlagsCombine) {
  Oflags flags = Oflags::kCreat | Oflags::kExcl;
  EXPECT_EQ(static_cast<int>(flags), 5);
  EXPECT_TRUE(HasAll(flags, Oflags::kCreat | Oflags::kExcl));
  EXPECT_FALSE(HasAll(flags, Oflags::kCreat | Oflags::kTrunc));
  EXPECT_TRUE(HasAny(flags, Oflags::kCreat | Oflags::kTrunc));
  EXPECT_FALSE(HasAny(flags, Oflags::kTrunc));
  flags &= ~Oflags::kCreat;
  EXPECT_EQ(flags, Oflags::kExcl);
}

TEST(TypesTest, OnlyNumbersOfTheTableAreDefined) {
  EXPECT_TRUE(IsDefined<Whence>(2));
  EXPECT_FALSE(IsDefined<Whence>(3));
  EXPECT_FALSE(IsDefined<Whence>(256));
  EXPECT_TRUE(IsDefined<Oflags>(15));
  EXPECT_FALSE(IsDefined<Oflags>(16));
  EXPECT_FALSE(IsDefined<Oflags>(uint64_t{1} << 32));
  EXPECT_TRUE(IsDefined<Siflags>(0));
  EXPECT_FALSE(IsDefined<Siflags>(1));
  EXPECT_TRUE(IsDefined<Signal>(30));
  EXPECT_FALSE(IsDefined<Signal>(31));
}

TEST(TypesTest, RightsAreThirtyBits) {
  EXPECT_EQ(static_cast<uint64_t>(AllFlags<Rights>()), 0x3fffffffu);
}

TEST(TypesTest, UnstableWhenceIsRenumbered) {
  EXPECT_EQ(ToWhence(static_cast<UnstableWhence>(0)), Whence::kCur);
  EXPECT_EQ(ToWhence(static_cast<UnstableWhence>(1)), Whence::kEnd);
  EXPECT_EQ(ToWhence(static_cast<UnstableWhence>(2)), Whence::kSet);
}

TEST(TypesTest, UnstableFilestatCapsTheLinkCount) {
  Filestat stat;
  stat.dev = 1;
  stat.ino = 2;
  stat.filetype = Filetype::kDirectory;
  stat.nlink = uint64_t{1} << 40;
  stat.size = 3;
  stat.atim = 4;
  stat.mtim = 5;
  stat.ctim = 6;
  const UnstableFilestat unstable(stat);
  EXPECT_EQ(unstable.dev, 1u);
  EXPECT_EQ(unstable.ino, 2u);
  EXPECT_EQ(unstable.filetype, Filetype::kDirectory);
  EXPECT_EQ(unstable.nlink, std::numeric_limits<uint32_t>::max());
  EXPECT_EQ(unstable.size, 3u);
  EXPECT_EQ(unstable.atim, 4u);
  EXPECT_EQ(unstable.mtim, 5u);
  EXPECT_EQ(unstable.ctim, 6u);
}

}  // namespace
}  // namespace wasijit::wasi
