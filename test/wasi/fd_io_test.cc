#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

class FdIoTest : public GuestTest {
 protected:
  void SetUp() override {
    GuestTest::SetUp();
    Sandbox::WriteFile(box() / "file", "0123456789");
  }
  Result<Size> Pread(Fd fd, Filesize offset, std::string* text = nullptr) {
    const Iovecs iovecs = guest().NewIovecs({2, 3});
    const Result<Size> size = calls().FdPread(fd, iovecs, offset);
    if (size && text) *text = GuestArena::Text(iovecs, *size);
    return size;
  }
};

// A pipe as the guest's standard input and output.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    CloseReading();
    CloseWriting();
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void CloseReading() { Close(ends_[0]); }
  void CloseWriting() { Close(ends_[1]); }

 private:
  static void Close(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  int ends_[2];
};

TEST_P(FdIoTest, ReadScattersAndWriteGathers) {
  const Fd fd = MustOpen("new", kFileRights, Oflags::kCreat);
  EXPECT_EQ(WriteText(fd, {"ab", "", "cdefg", "h"}), 8u);
  EXPECT_EQ(Sandbox::ReadFile(box() / "new"), "abcdefgh");
  EXPECT_EQ(calls().FdSeek(fd, 0, Whence::kSet), 0u);
  EXPECT_EQ(ReadText(fd, {1, 0, 3, 100}), "abcdefgh");
  EXPECT_EQ(ReadText(fd, {4}), "");
}

TEST_P(FdIoTest, NothingToTransferIsNoError) {
  const Fd fd = MustOpen("file");
  EXPECT_EQ(calls().FdRead(fd, {}), 0u);
  EXPECT_EQ(calls().FdWrite(fd, {}), 0u);
  EXPECT_EQ(calls().FdRead(fd, guest().NewIovecs({0, 0})), 0u);
}

TEST_P(FdIoTest, DirectoriesAreNotRead) {
  const Iovecs iovecs = guest().NewIovecs({4});
  EXPECT_THAT(calls().FdRead(kBox, iovecs), FailsWith(Errno::kIsdir));
  EXPECT_THAT(calls().FdPread(kBox, iovecs, 0), FailsWith(Errno::kIsdir));
  EXPECT_THAT(calls().FdWrite(kBox, Ciovecs{iovecs}),
              FailsWith(Errno::kNotcapable));
  EXPECT_THAT(calls().FdPwrite(kBox, Ciovecs{iovecs}, 0),
              FailsWith(Errno::kIsdir));
  for (const Whence whence : {Whence::kSet, Whence::kCur, Whence::kEnd}) {
    EXPECT_THAT(calls().FdSeek(kBox, 0, whence), FailsWith(Errno::kNotcapable));
  }
  EXPECT_THAT(calls().FdTell(kBox), FailsWith(Errno::kNotcapable));
}

TEST_P(FdIoTest, StandardStreamsHaveOneDirection) {
  EXPECT_THAT(WriteText(kStdin, {"x"}), FailsWith(Errno::kNotcapable));
  EXPECT_THAT(calls().FdRead(kStdout, guest().NewIovecs({1})),
              FailsWith(Errno::kNotcapable));
  EXPECT_THAT(calls().FdRead(kStderr, guest().NewIovecs({1})),
              FailsWith(Errno::kNotcapable));
}

TEST_P(FdIoTest, PositionedTransfersLeaveThePosition) {
  const Fd fd = MustOpen("file");
  ASSERT_EQ(calls().FdSeek(fd, 7, Whence::kSet), 7u);
  std::string text;
  EXPECT_EQ(Pread(fd, 2, &text), 5u);
  EXPECT_EQ(text, "23456");
  EXPECT_EQ(Pread(fd, 8, &text), 2u);
  EXPECT_EQ(text, "89");
  EXPECT_EQ(Pread(fd, 10), 0u);
  EXPECT_EQ(Pread(fd, 1000), 0u);
  EXPECT_EQ(calls().FdPwrite(fd, guest().NewCiovecs({"A", "BC"}), 1), 3u);
  EXPECT_EQ(calls().FdTell(fd), 7u);
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "0ABC456789");
}

TEST_P(FdIoTest, PositionsBeyondTheHostsAreInvalid) {
  const Fd fd = MustOpen("file");
  const Filesize last = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Pread(fd, last - 5), 0u);
  for (const Filesize offset : {last + 1, ~Filesize{0}}) {
    EXPECT_THAT(Pread(fd, offset), FailsWith(Errno::kInval));
    EXPECT_THAT(calls().FdPwrite(fd, guest().NewCiovecs({"x"}), offset),
                FailsWith(Errno::kInval));
  }
}

TEST_P(FdIoTest, SeekFromEverywhere) {
  const Fd fd = MustOpen("file");
  const struct {
    Filedelta offset;
    Whence whence;
    Filesize expected;
  } kCases[] = {{4, Whence::kSet, 4},  {2, Whence::kCur, 6},
                {-1, Whence::kCur, 5}, {0, Whence::kEnd, 10},
                {-3, Whence::kEnd, 7}, {90, Whence::kEnd, 100},
                {0, Whence::kCur, 100}};
  for (const auto& c : kCases) {
    EXPECT_EQ(calls().FdSeek(fd, c.offset, c.whence), c.expected);
    EXPECT_EQ(calls().FdTell(fd), c.expected);
  }
  EXPECT_THAT(calls().FdSeek(fd, -1, Whence::kSet), FailsWith(Errno::kInval));
  EXPECT_THAT(calls().FdSeek(fd, -101, Whence::kCur), FailsWith(Errno::kInval));
  EXPECT_EQ(calls().FdTell(fd), 100u);
}

TEST_P(FdIoTest, TellingNeedsLessThanSeeking) {
  const Fd fd = MustOpen("file", Rights::kFdTell);
  EXPECT_EQ(calls().FdTell(fd), 0u);
  EXPECT_EQ(calls().FdSeek(fd, 0, Whence::kCur), 0u);
  EXPECT_THAT(calls().FdSeek(fd, 1, Whence::kCur),
              FailsWith(Errno::kNotcapable));
}

TEST_P(FdIoTest, PipesHaveNoPosition) {
  Pipe pipe;
  Start({.stdin_fd = pipe.reading(), .stdout_fd = pipe.writing()});
  EXPECT_THAT(calls().FdSeek(kStdin, 0, Whence::kCur),
              FailsWith(Errno::kSpipe));
  EXPECT_THAT(calls().FdTell(kStdout), FailsWith(Errno::kSpipe));
  EXPECT_THAT(Pread(kStdin, 0), FailsWith(Errno::kSpipe));
  EXPECT_EQ(WriteText(kStdout, {"through"}), 7u);
  EXPECT_EQ(ReadText(kStdin), "through");
}

TEST_P(FdIoTest, AppendingWritesAtTheEnd) {
  const Fd fd = MustOpen("file", kFileRights, Oflags::kNone, Fdflags::kAppend);
  EXPECT_EQ(calls().FdSeek(fd, 0, Whence::kSet), 0u);
  EXPECT_EQ(WriteText(fd, {"ab"}), 2u);
  EXPECT_THAT(calls().FdFdstatSetFlags(fd, Fdflags::kNone), Succeeds());
  EXPECT_EQ(calls().FdSeek(fd, 0, Whence::kSet), 0u);
  EXPECT_EQ(WriteText(fd, {"X"}), 1u);
  EXPECT_THAT(calls().FdFdstatSetFlags(fd, Fdflags::kAppend), Succeeds());
  EXPECT_EQ(WriteText(fd, {"c"}), 1u);
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "X123456789abc");
}

TEST_P(FdIoTest, AppendingToTheHostsFileLeavesItsFlags) {
  const int host = open((box() / "file").c_str(), O_RDWR);
  Start({.stdout_fd = host});
  EXPECT_THAT(calls().FdFdstatSetFlags(kStdout, Fdflags::kAppend), Succeeds());
  EXPECT_EQ(WriteText(kStdout, {"ab"}), 2u);
  EXPECT_EQ(lseek(host, 0, SEEK_CUR), 12);
  EXPECT_EQ(fcntl(host, F_GETFL) & O_APPEND, 0);
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "0123456789ab");
  close(host);
}

TEST_P(FdIoTest, NonblockingStreamsSayAgain) {
  Pipe input;
  Pipe output;
  Start({.stdin_fd = input.reading(), .stdout_fd = output.writing()});
  for (const Fd fd : {kStdin, kStdout}) {
    ASSERT_THAT(calls().FdFdstatSetFlags(fd, Fdflags::kNonblock), Succeeds());
  }
  EXPECT_THAT(calls().FdRead(kStdin, guest().NewIovecs({8})),
              FailsWith(Errno::kAgain));
  ASSERT_EQ(write(input.writing(), "x", 1), 1);
  EXPECT_EQ(ReadText(kStdin), "x");
  input.CloseWriting();
  EXPECT_EQ(ReadText(kStdin), "");

  // Fills the pipe, never waiting, although the host's descriptor blocks.
  const Ciovecs block = guest().NewCiovecs({std::string(30000, 'x')});
  Result<Size> written = 0;
  Size total = 0;
  while ((written = calls().FdWrite(kStdout, block))) total += *written;
  EXPECT_THAT(written, FailsWith(Errno::kAgain));
  EXPECT_GE(total, 4096u);
}

TEST_P(FdIoTest, BlockingStreamsWaitThoughTheHostsDescriptorDoesNot) {
  Pipe pipe;
  ASSERT_EQ(fcntl(pipe.reading(), F_SETFL, O_NONBLOCK), 0);
  Start({.stdin_fd = pipe.reading()});
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_EQ(write(pipe.writing(), "late", 4), 4);
  });
  EXPECT_EQ(ReadText(kStdin), "late");
  writer.join();
}

TEST_P(FdIoTest, ABrokenPipeIsAnError) {
  Pipe pipe;
  Start({.stdout_fd = pipe.writing()});
  pipe.CloseReading();
  EXPECT_THAT(WriteText(kStdout, {"x"}), FailsWith(Errno::kPipe));
}

TEST_P(FdIoTest, EntriesOfDirectoriesOnlyAreRead) {
  const Buffer buffer = guest().NewBuffer(256);
  EXPECT_GT(calls().FdReaddir(kBox, buffer, 0).value(), 48u);
  EXPECT_THAT(calls().FdReaddir(MustOpen("file"), buffer, 0),
              FailsWith(Errno::kNotdir));
  const Fd incapable = MustOpen(".", Rights::kPathOpen);
  EXPECT_THAT(calls().FdReaddir(incapable, buffer, 0),
              FailsWith(Errno::kNotcapable));
}

INSTANTIATE_ONCE(FdIoTest);

}  // namespace
}  // namespace wasijit::wasi
