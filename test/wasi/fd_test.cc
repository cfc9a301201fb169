#include <sys/resource.h>

#include <limits>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

class FdTest : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    Sandbox::WriteFile(box() / "file", "0123456789");
  }
  Filesize SizeOf(Fd fd) { return calls().FdFilestatGet(fd).value().size; }
};

TEST_P(FdTest, EveryCallRefusesAnUnknownDescriptor) {
  Preview1& c = calls();
  GuestArena arena;
  const GuestString path = arena.String("file");
  const auto lookup = Lookupflags::kNone;
  const Fd fd = kUnused;
  const auto bad = FailsWith(Errno::kBadf);
  EXPECT_THAT(c.FdAdvise(fd, 0, 0, Advice::kNormal), bad);
  EXPECT_THAT(c.FdAllocate(fd, 0, 1), bad);
  EXPECT_THAT(c.FdClose(fd), bad);
  EXPECT_THAT(c.FdDatasync(fd), bad);
  EXPECT_THAT(c.FdFdstatGet(fd), bad);
  EXPECT_THAT(c.FdFdstatSetFlags(fd, Fdflags::kNone), bad);
  EXPECT_THAT(c.FdFdstatSetRights(fd, Rights::kNone, Rights::kNone), bad);
  EXPECT_THAT(c.FdFilestatGet(fd), bad);
  EXPECT_THAT(c.FdFilestatSetSize(fd, 0), bad);
  EXPECT_THAT(c.FdFilestatSetTimes(fd, 0, 0, Fstflags::kNone), bad);
  EXPECT_THAT(c.FdPread(fd, {}, 0), bad);
  EXPECT_THAT(c.FdPrestatGet(fd), bad);
  EXPECT_THAT(c.FdPrestatDirName(fd, {}), bad);
  EXPECT_THAT(c.FdPwrite(fd, {}, 0), bad);
  EXPECT_THAT(c.FdRead(fd, {}), bad);
  EXPECT_THAT(c.FdReaddir(fd, {}, 0), bad);
  EXPECT_THAT(c.FdRenumber(fd, kBox), bad);
  EXPECT_THAT(c.FdRenumber(kBox, fd), bad);
  EXPECT_THAT(c.FdSeek(fd, 0, Whence::kCur), bad);
  EXPECT_THAT(c.FdSync(fd), bad);
  EXPECT_THAT(c.FdTell(fd), bad);
  EXPECT_THAT(c.FdWrite(fd, {}), bad);
  EXPECT_THAT(c.PathCreateDirectory(fd, path), bad);
  EXPECT_THAT(c.PathFilestatGet(fd, lookup, path), bad);
  EXPECT_THAT(c.PathFilestatSetTimes(fd, lookup, path, 0, 0, Fstflags::kNone),
              bad);
  EXPECT_THAT(c.PathLink(fd, lookup, path, kBox, path), bad);
  EXPECT_THAT(c.PathLink(kBox, lookup, path, fd, path), bad);
  EXPECT_THAT(c.PathOpen(fd, lookup, path, Oflags::kNone, Rights::kNone,
                         Rights::kNone, Fdflags::kNone),
              bad);
  EXPECT_THAT(c.PathReadlink(fd, path, {}), bad);
  EXPECT_THAT(c.PathRemoveDirectory(fd, path), bad);
  EXPECT_THAT(c.PathRename(fd, path, kBox, path), bad);
  EXPECT_THAT(c.PathRename(kBox, path, fd, path), bad);
  EXPECT_THAT(c.PathSymlink(path, fd, path), bad);
  EXPECT_THAT(c.PathUnlinkFile(fd, path), bad);
  EXPECT_THAT(c.SockAccept(fd, Fdflags::kNone), bad);
  EXPECT_THAT(c.SockRecv(fd, {}, Riflags::kNone), bad);
  EXPECT_THAT(c.SockSend(fd, {}, Siflags::kNone), bad);
  EXPECT_THAT(c.SockShutdown(fd, Sdflags::kRd), bad);
}

TEST_P(FdTest, EveryCallNeedsItsRight) {
  const Fd fd = MustOpen("file");
  ASSERT_THAT(calls().FdFdstatSetRights(fd, Rights::kNone, Rights::kNone),
              Succeeds());
  const auto incapable = FailsWith(Errno::kNotcapable);
  Preview1& c = calls();
  EXPECT_THAT(c.FdAdvise(fd, 0, 0, Advice::kNormal), incapable);
  EXPECT_THAT(c.FdAllocate(fd, 0, 1), incapable);
  EXPECT_THAT(c.FdDatasync(fd), incapable);
  EXPECT_THAT(c.FdFdstatSetFlags(fd, Fdflags::kNone), incapable);
  EXPECT_THAT(c.FdFilestatGet(fd), incapable);
  EXPECT_THAT(c.FdFilestatSetSize(fd, 0), incapable);
  EXPECT_THAT(c.FdFilestatSetTimes(fd, 0, 0, Fstflags::kNone), incapable);
  EXPECT_THAT(c.FdPread(fd, {}, 0), incapable);
  EXPECT_THAT(c.FdPwrite(fd, {}, 0), incapable);
  EXPECT_THAT(c.FdRead(fd, {}), incapable);
  EXPECT_THAT(c.FdSeek(fd, 1, Whence::kCur), incapable);
  EXPECT_THAT(c.FdSync(fd), incapable);
  EXPECT_THAT(c.FdTell(fd), incapable);
  EXPECT_THAT(c.FdWrite(fd, {}), incapable);
  // These need none.
  EXPECT_THAT(c.FdFdstatGet(fd), Succeeds());
  EXPECT_THAT(c.FdClose(fd), Succeeds());
}

TEST_P(FdTest, RightsCanOnlyBeGivenUp) {
  const Fd fd = MustOpen("file", Rights::kFdRead | Rights::kFdSeek);
  EXPECT_THAT(calls().FdFdstatSetRights(fd, Rights::kFdRead, Rights::kNone),
              Succeeds());
  const Fdstat stat = calls().FdFdstatGet(fd).value();
  EXPECT_EQ(stat.rights_base, Rights::kFdRead);
  EXPECT_THAT(calls().FdFdstatSetRights(fd, Rights::kFdRead | Rights::kFdSeek,
                                        Rights::kNone),
              FailsWith(Errno::kNotcapable));
  EXPECT_THAT(calls().FdFdstatSetRights(fd, Rights::kFdRead, Rights::kFdRead),
              FailsWith(Errno::kNotcapable));
  EXPECT_EQ(calls().FdFdstatGet(fd).value().rights_base, Rights::kFdRead);
}

TEST_P(FdTest, AdviseChecksItsRangeAndChangesNothing) {
  const Fd fd = MustOpen("file");
  for (const NamedNumber& advice : TypeInfo<Advice>::kNames) {
    EXPECT_THAT(calls().FdAdvise(fd, 1, 4, static_cast<Advice>(advice.number)),
                Succeeds());
  }
  const Filesize too_far = Filesize{1} << 63;
  EXPECT_THAT(calls().FdAdvise(fd, too_far, 1, Advice::kNormal),
              FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdAdvise(fd, 0, too_far, Advice::kNormal),
              FailsWith(Errno::kInval));
  EXPECT_EQ(SizeOf(fd), 10u);
}

TEST_P(FdTest, AllocateGrowsAndNeverShrinks) {
  const Fd fd = MustOpen("file");
  const struct {
    Filesize offset, length, expected;
  } kCases[] = {{0, 5, 10}, {5, 5, 10}, {0, 100, 100}, {90, 20, 110}};
  for (const auto& c : kCases) {
    EXPECT_THAT(calls().FdAllocate(fd, c.offset, c.length), Succeeds());
    EXPECT_EQ(SizeOf(fd), c.expected);
  }
  EXPECT_THAT(calls().FdAllocate(fd, 0, 0), FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdAllocate(fd, Filesize{1} << 63, 1),
              FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdAllocate(fd, 0, ~Filesize{0}),
              FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdAllocate(kBox, 0, 1), FailsWith(Errno::kNotcapable));
  EXPECT_EQ(SizeOf(fd), 110u);
}

TEST_P(FdTest, ClosingTwiceIsBad) {
  const Fd fd = MustOpen("file");
  EXPECT_THAT(calls().FdClose(fd), Succeeds());
  EXPECT_THAT(calls().FdClose(fd), FailsWith(Errno::kBadf));
}

TEST_P(FdTest, StandardStreamsAndPreopensCanBeClosed) {
  for (const Fd fd : {kStdin, kStdout, kStderr, kBox}) {
    EXPECT_THAT(calls().FdClose(fd), Succeeds());
    EXPECT_THAT(calls().FdFdstatGet(fd), FailsWith(Errno::kBadf));
  }
  // But not those of the host.
  EXPECT_GE(fcntl(1, F_GETFD), 0);
}

TEST_P(FdTest, SyncReachesTheDisk) {
  const Fd fd = MustOpen("file");
  EXPECT_THAT(calls().FdSync(fd), Succeeds());
  EXPECT_THAT(calls().FdDatasync(fd), Succeeds());
  EXPECT_THAT(calls().FdSync(kBox), Succeeds());
}

TEST_P(FdTest, FlagsAreAsSet) {
  const Fd fd = MustOpen("file", kFileRights, Oflags::kNone,
                         Fdflags::kAppend | Fdflags::kSync);
  EXPECT_EQ(calls().FdFdstatGet(fd).value().flags,
            Fdflags::kAppend | Fdflags::kSync);
  // What Linux cannot change.
  EXPECT_THAT(calls().FdFdstatSetFlags(fd, Fdflags::kNone),
              FailsWith(Errno::kNotsup));
  EXPECT_THAT(calls().FdFdstatSetFlags(fd, Fdflags::kSync | Fdflags::kNonblock),
              Succeeds());
  EXPECT_EQ(calls().FdFdstatGet(fd).value().flags,
            Fdflags::kSync | Fdflags::kNonblock);
}

TEST_P(FdTest, FlagsOfTheHostsStreamsStayAsTheyAre) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Start({.stdin_fd = ends[0]});
  const int before = fcntl(ends[0], F_GETFL);
  EXPECT_THAT(
      calls().FdFdstatSetFlags(kStdin, Fdflags::kNonblock | Fdflags::kAppend),
      Succeeds());
  EXPECT_EQ(fcntl(ends[0], F_GETFL), before);
  EXPECT_EQ(calls().FdFdstatGet(kStdin).value().flags,
            Fdflags::kNonblock | Fdflags::kAppend);
  close(ends[0]);
  close(ends[1]);
}

TEST_P(FdTest, PreopensHaveNoFlags) {
  EXPECT_EQ(calls().FdFdstatGet(kBox).value().flags, Fdflags::kNone);
}

TEST_P(FdTest, SizeIsSet) {
  const Fd fd = MustOpen("file");
  EXPECT_THAT(calls().FdFilestatSetSize(fd, 4), Succeeds());
  EXPECT_EQ(ReadText(fd), "0123");
  EXPECT_THAT(calls().FdFilestatSetSize(fd, 6), Succeeds());
  EXPECT_EQ(ReadText(fd), std::string(2, '\0'));
  EXPECT_THAT(calls().FdFilestatSetSize(fd, Filesize{1} << 63),
              FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdFilestatSetSize(kBox, 0),
              FailsWith(Errno::kNotcapable));
}

// The signal that the system sends then does not end the process.
TEST_P(FdTest, TheFileSizeLimitIsAnError) {
  const Fd fd = MustOpen("file");
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {.rlim_cur = 100, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Result<void> allocated = calls().FdAllocate(fd, 0, 1000);
  const Result<void> resized = calls().FdFilestatSetSize(fd, 1000);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(allocated, FailsWith(Errno::kFbig));
  EXPECT_THAT(resized, FailsWith(Errno::kFbig));
}

TEST_P(FdTest, TimesAreSet) {
  const Fd fd = MustOpen("file");
  const Filestat before = calls().FdFilestatGet(fd).value();
  EXPECT_THAT(calls().FdFilestatSetTimes(fd, 1, 5'000'000'123, Fstflags::kMtim),
              Succeeds());
  Filestat after = calls().FdFilestatGet(fd).value();
  EXPECT_EQ(after.mtim, 5'000'000'123u);
  EXPECT_EQ(after.atim, before.atim);
  EXPECT_THAT(calls().FdFilestatSetTimes(fd, 0, 0,
                                         Fstflags::kMtim | Fstflags::kMtimNow),
              FailsWith(Errno::kInval));
  EXPECT_EQ(calls().FdFilestatGet(fd).value().mtim, after.mtim);
  EXPECT_THAT(calls().FdFilestatSetTimes(fd, 0, 0, Fstflags::kMtimNow),
              Succeeds());
  EXPECT_GE(calls().FdFilestatGet(fd).value().mtim, before.mtim);
}

TEST_P(FdTest, PreopensAreListedAndNothingElseIs) {
  EXPECT_EQ(calls().FdPrestatGet(kBox).value().name_length, 1u);
  EXPECT_EQ(calls().FdPrestatGet(kReadOnlyBox).value().name_length, 10u);
  for (const Fd fd :
       {kStdin, kStdout, MustOpen(".", kDirectoryRights), kUnused}) {
    EXPECT_THAT(calls().FdPrestatGet(fd), FailsWith(Errno::kBadf));
    EXPECT_THAT(calls().FdPrestatDirName(fd, guest().NewBuffer(16)),
                FailsWith(Errno::kBadf));
  }
}

TEST_P(FdTest, APreopensNameFillsOnlyWhatItNeeds) {
  const Buffer exact = guest().NewBuffer(10);
  EXPECT_THAT(calls().FdPrestatDirName(kReadOnlyBox, exact), Succeeds());
  EXPECT_EQ(std::string(exact.bytes.begin(), exact.bytes.end()), "/read_only");
  const Buffer longer = guest().NewBuffer(12);
  EXPECT_THAT(calls().FdPrestatDirName(kReadOnlyBox, longer), Succeeds());
  EXPECT_EQ(longer.bytes[10], 0);
  EXPECT_THAT(calls().FdPrestatDirName(kReadOnlyBox, guest().NewBuffer(9)),
              FailsWith(Errno::kNametoolong));
}

TEST_P(FdTest, RenumberingReplacesWhateverWasThere) {
  const Fd from = MustOpen("file");
  EXPECT_THAT(calls().FdRenumber(from, kBox), Succeeds());
  EXPECT_THAT(calls().FdFdstatGet(from), FailsWith(Errno::kBadf));
  EXPECT_EQ(calls().FdFdstatGet(kBox).value().filetype, Filetype::kRegularFile);
  EXPECT_THAT(calls().FdPrestatGet(kBox), FailsWith(Errno::kBadf));
  // The host's own stream stays open.
  EXPECT_THAT(calls().FdRenumber(kBox, kStdout), Succeeds());
  EXPECT_GE(fcntl(1, F_GETFD), 0);
  EXPECT_EQ(calls().FdFdstatGet(kStdout).value().filetype,
            Filetype::kRegularFile);
}

TEST_P(FdTest, DescriptorsAreLimited) {
  Start({.max_descriptors = 8});
  for (int i = 0; i < 3; ++i) MustOpen("file");
  const Result<Fd> ninth = Open("file");
  EXPECT_THAT(ninth, FailsWith(Errno::kMfile));
}

INSTANTIATE_ONCE(FdTest);

}  // namespace
}  // namespace wasijit::wasi
