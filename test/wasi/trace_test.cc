#include "wasi/trace.h"

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

static_assert(ParameterName("(Fd fd, Iovecs iovs)", 0) == "fd");
static_assert(ParameterName("(Fd fd, Iovecs iovs)", 1) == "iovs");
static_assert(ParameterName("(Pointer<uint8_t> argv_buf)", 0) == "argv_buf");
static_assert(ParameterName("(Fd fd)", 1).empty());

template <typename T>
std::string Traced(const T& value) {
  std::string out;
  Trace(out, value);
  return out;
}

TEST(TraceTest, NumbersAndNames) {
  EXPECT_EQ(Traced(uint32_t{7}), "7");
  EXPECT_EQ(Traced(int64_t{-7}), "-7");
  EXPECT_EQ(Traced(Whence::kEnd), "end");
  EXPECT_EQ(Traced(static_cast<Whence>(9)), "9");
  EXPECT_EQ(Traced(UnstableWhence::kCur), "cur");
}

TEST(TraceTest, FlagsAreJoinedOfManyThoseThatAreNotSet) {
  EXPECT_EQ(Traced(Oflags::kNone), "0");
  EXPECT_EQ(Traced(Oflags::kCreat), "creat");
  EXPECT_EQ(Traced(Oflags::kCreat | Oflags::kTrunc), "creat|trunc");
  EXPECT_EQ(Traced(AllFlags<Rights>()), "all");
  EXPECT_EQ(Traced(AllFlags<Rights>() & ~Rights::kFdRead), "~(fd_read)");
  EXPECT_EQ(Traced(static_cast<Oflags>(17)), "0x11");
}

TEST(TraceTest, TextIsQuotedAndCut) {
  EXPECT_EQ(Quote("a\n\"b\x01"), "\"a\\n\\\"b\\x01\"");
  EXPECT_EQ(Quote(std::string(60, 'x')), "\"" + std::string(48, 'x') + "\"...");
  EXPECT_EQ(Traced(GuestString{"file"}), "\"file\"");
}

TEST(TraceTest, BuffersShowWhatIsWrittenAndHowMuchIsRead) {
  GuestArena arena;
  EXPECT_EQ(Traced(arena.NewIovecs({3, 4})), "[3 bytes, 4 bytes]");
  EXPECT_EQ(Traced(arena.NewCiovecs({"ab", "c\n"})), "[\"ab\", \"c\\n\"]");
  EXPECT_EQ(Traced(arena.NewBuffer(5)), "[5 bytes]");
  EXPECT_EQ(Traced(Pointer<uint32_t>(arena.memory(), 0x1234)), "0x1234");
  EXPECT_EQ(
      Traced(SubscriptionArray(arena.memory(), 0x10, kPreview1Subscription)),
      "0x10");
}

TEST(TraceTest, Records) {
  Fdstat fdstat;
  fdstat.filetype = Filetype::kDirectory;
  fdstat.flags = Fdflags::kAppend;
  fdstat.rights_base = Rights::kFdRead;
  EXPECT_EQ(Traced(fdstat),
            "{filetype=directory, flags=append, rights_base=fd_read, "
            "rights_inheriting=0}");
  Filestat stat;
  stat.filetype = Filetype::kRegularFile;
  stat.size = 5;
  EXPECT_EQ(Traced(stat),
            "{filetype=regular_file, dev=0, ino=0, nlink=0, size=5, mtim=0}");
  EXPECT_EQ(Traced(UnstableFilestat(stat)), Traced(stat));
  Prestat prestat;
  prestat.name_length = 2;
  EXPECT_EQ(Traced(prestat), "{name_length=2}");
  EXPECT_EQ(Traced(CountAndBytes{1, 2}), "{count=1, bytes=2}");
  EXPECT_EQ(Traced(SizeAndFlags{5, Roflags::kRecvDataTruncated}),
            "{size=5, flags=recv_data_truncated}");
  EXPECT_EQ(Traced(Errno::kNoent), "ENOENT");
}

template <typename T>
std::string TracedOutput(const T& value, uint64_t size) {
  std::string out;
  TraceOutput(out, value, size);
  return out;
}

TEST(TraceTest, WhatCallsPutIntoBuffers) {
  GuestArena arena;
  const Iovecs iovecs = arena.NewIovecs({3, 4});
  std::memcpy(iovecs.data()[0].iov_base, "abc", 3);
  std::memcpy(iovecs.data()[1].iov_base, "d\n", 2);
  EXPECT_EQ(TracedOutput(iovecs, 5), "[\"abc\", \"d\\n\"]");
  EXPECT_EQ(TracedOutput(iovecs, 2), "[\"ab\"]");
  EXPECT_EQ(TracedOutput(iovecs, 0), "[]");
  const Buffer buffer = arena.NewBuffer(4);
  std::memcpy(buffer.bytes.data(), "/dir", 4);
  EXPECT_EQ(TracedOutput(TextBuffer(buffer), 2), "\"/d\"");
  EXPECT_EQ(TracedOutput(TextBuffer(buffer), ~uint64_t{0}), "\"/dir\"");
}

TEST(TraceTest, DirectoryEntriesAreNames) {
  GuestArena arena;
  const Buffer buffer = arena.NewBuffer(2 * sizeof(Dirent) + 4);
  Dirent entry;
  entry.namlen = 1;
  std::memcpy(buffer.bytes.data(), &entry, sizeof(entry));
  buffer.bytes[sizeof(entry)] = '.';
  entry.namlen = 9;
  std::memcpy(&buffer.bytes[sizeof(entry) + 1], &entry, sizeof(entry));
  std::memcpy(&buffer.bytes[2 * sizeof(entry) + 1], "cut", 3);
  EXPECT_EQ(TracedOutput(DirentBuffer(buffer), buffer.bytes.size()),
            "[\".\", \"cut\"...]");
  EXPECT_EQ(TracedOutput(DirentBuffer(buffer), 3), "[]");
}

TEST(TraceTest, SubscriptionsAndEvents) {
  GuestArena arena;
  const uint32_t in = arena.Allocate(2 * 48);
  arena.Write<uint64_t>(in, 7);
  arena.Write<uint32_t>(in + 16, 1);
  arena.Write<uint64_t>(in + 24, 1000);
  arena.Write<uint8_t>(in + 48 + 8, 2);
  arena.Write<uint32_t>(in + 48 + 16, 1);
  const DescriptorNames names{FdTable(8)};
  std::string out;
  const SubscriptionArray array(arena.memory(), in, kPreview1Subscription);
  TraceSubscriptions(out, array, 2, names);
  EXPECT_EQ(out,
            "[{userdata=7, type=clock, id=monotonic, timeout=1000, flags=0}, "
            "{userdata=0, type=fd_write, fd=1 <stdout>}]");
  out.clear();
  TraceSubscriptions(out, array, 1u << 28, names);
  EXPECT_EQ(out, absl::StrCat("0x", absl::Hex(in)));

  Event event;
  event.userdata = 7;
  const uint32_t events = arena.Allocate(2 * sizeof(Event));
  arena.Write(events, event);
  event.type = Eventtype::kFdRead;
  event.error = static_cast<uint16_t>(Errno::kBadf);
  arena.Write(events + sizeof(Event), event);
  EXPECT_EQ(TracedOutput(Pointer<Event>(arena.memory(), events), 2),
            "[{userdata=7, error=0, type=clock}, {userdata=7, error=EBADF, "
            "type=fd_read, nbytes=0, flags=0}]");
}

TEST(TraceTest, DescriptorsHaveNames) {
  FdTable descriptors(8);
  for (const char* preopen : {"", "", "", "/data"}) {
    Descriptor descriptor;
    descriptor.preopen = preopen;
    ASSERT_THAT(descriptors.Insert(std::move(descriptor)), Succeeds());
  }
  ASSERT_THAT(descriptors.Insert(Descriptor()), Succeeds());
  DescriptorNames names(descriptors);
  EXPECT_EQ(names.Text(Fd{0}), "0 <stdin>");
  EXPECT_EQ(names.Text(Fd{3}), "3 \"/data\"");
  EXPECT_EQ(names.Text(Fd{4}), "4 <socket>");
  EXPECT_EQ(names.Text(Fd{5}), "5");
  names.Opened(Fd{5}, Fd{3}, "a.txt");
  EXPECT_EQ(names.Text(Fd{5}), "5 \"/data/a.txt\"");
  names.Opened(Fd{6}, Fd{4}, "");
  EXPECT_EQ(names.Text(Fd{6}), "6 <socket>");
  names.Moved(Fd{5}, Fd{1});
  EXPECT_EQ(names.Text(Fd{1}), "1 \"/data/a.txt\"");
  EXPECT_EQ(names.Text(Fd{5}), "5");
  names.Moved(Fd{1}, Fd{1});
  names.Closed(Fd{1});
  EXPECT_EQ(names.Text(Fd{1}), "1");
}

}  // namespace
}  // namespace wasijit::wasi
