#include "wasi/filestat.h"

#include <limits>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

constexpr Timestamp kSecond = 1'000'000'000;
constexpr Timestamp kMax = std::numeric_limits<Timestamp>::max();

TEST(FilestatTest, ModesHaveTypes) {
  EXPECT_EQ(FiletypeFromMode(S_IFREG | 0644), Filetype::kRegularFile);
  EXPECT_EQ(FiletypeFromMode(S_IFDIR), Filetype::kDirectory);
  EXPECT_EQ(FiletypeFromMode(S_IFLNK), Filetype::kSymbolicLink);
  EXPECT_EQ(FiletypeFromMode(S_IFCHR), Filetype::kCharacterDevice);
  EXPECT_EQ(FiletypeFromMode(S_IFBLK), Filetype::kBlockDevice);
  EXPECT_EQ(FiletypeFromMode(S_IFSOCK), Filetype::kSocketStream);
  EXPECT_EQ(FiletypeFromMode(S_IFIFO), Filetype::kUnknown);
  EXPECT_EQ(FiletypeFromMode(0), Filetype::kUnknown);
}

TEST(FilestatTest, TimesAreClamped) {
  EXPECT_EQ(TimestampFromHost({0, 0}), 0u);
  EXPECT_EQ(TimestampFromHost({1, 5}), kSecond + 5);
  EXPECT_EQ(TimestampFromHost({-1, 999'999'999}), 0u);
  EXPECT_EQ(TimestampFromHost({static_cast<time_t>(kMax / kSecond),
                               static_cast<long>(kMax % kSecond)}),
            kMax);
  EXPECT_EQ(TimestampFromHost({static_cast<time_t>(kMax / kSecond),
                               static_cast<long>(kMax % kSecond) + 1}),
            kMax);
  EXPECT_EQ(TimestampFromHost({std::numeric_limits<time_t>::max(), 0}), kMax);
}

TEST(FilestatTest, TimesAreGivenOrPresentOrLeft) {
  const FileTimes times =
      FileTimesFromGuest(3 * kSecond + 1, 7, Fstflags::kAtim).value();
  EXPECT_EQ(times.times[0].tv_sec, 3);
  EXPECT_EQ(times.times[0].tv_nsec, 1);
  EXPECT_EQ(times.times[1].tv_nsec, UTIME_OMIT);
  const FileTimes now =
      FileTimesFromGuest(0, 7, Fstflags::kAtimNow | Fstflags::kMtim).value();
  EXPECT_EQ(now.times[0].tv_nsec, UTIME_NOW);
  EXPECT_EQ(now.times[1].tv_sec, 0);
  EXPECT_EQ(now.times[1].tv_nsec, 7);
  const FileTimes last = FileTimesFromGuest(kMax, 0, Fstflags::kAtim).value();
  EXPECT_EQ(last.times[0].tv_sec, 18446744073);
}

TEST(FilestatTest, ATimeBothGivenAndPresentIsInvalid) {
  EXPECT_THAT(FileTimesFromGuest(0, 0, Fstflags::kAtim | Fstflags::kAtimNow),
              FailsWith(Errno::kInval));
  EXPECT_THAT(FileTimesFromGuest(0, 0, Fstflags::kMtim | Fstflags::kMtimNow),
              FailsWith(Errno::kInval));
}

TEST(FilestatTest, AttributesAreCarriedOver) {
  Sandbox sandbox;
  const std::string path = sandbox.outside() / "canary";
  struct stat host;
  ASSERT_EQ(stat(path.c_str(), &host), 0);
  const Filestat guest = FilestatFromHost(host);
  EXPECT_EQ(guest.dev, host.st_dev);
  EXPECT_EQ(guest.ino, host.st_ino);
  EXPECT_EQ(guest.filetype, Filetype::kRegularFile);
  EXPECT_EQ(guest.nlink, 1u);
  EXPECT_EQ(guest.size, 9u);
  EXPECT_EQ(guest.mtim, TimestampFromHost(host.st_mtim));
  EXPECT_EQ(guest.atim, TimestampFromHost(host.st_atim));
  EXPECT_EQ(guest.ctim, TimestampFromHost(host.st_ctim));
}

}  // namespace
}  // namespace wasijit::wasi
