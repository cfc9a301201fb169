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
  EXPECT_EQ(Traced(Fd{3}), "3");
  EXPECT_EQ(Traced(Whence::kEnd), "end");
  EXPECT_EQ(Traced(static_cast<Whence>(9)), "9");
  EXPECT_EQ(Traced(UnstableWhence::kCur), "cur");
}

TEST(TraceTest, FlagsAreJoinedUnlessThereAreMany) {
  EXPECT_EQ(Traced(Oflags::kNone), "0");
  EXPECT_EQ(Traced(Oflags::kCreat), "creat");
  EXPECT_EQ(Traced(Oflags::kCreat | Oflags::kTrunc), "creat|trunc");
  EXPECT_EQ(Traced(AllFlags<Rights>()), "0x3fffffff");
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
  EXPECT_EQ(Traced(CountAndBytes{1, 2}), "1, 2");
}

}  // namespace
}  // namespace wasijit::wasi
