#include "wasi/call_tracer.h"

#include "absl/strings/str_split.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class CallTracerTest : public testing::Test {
 protected:
  CallText Call(Fd fd, std::string path = "") {
    return {.arguments = {{"fd", tracer_.names().Text(fd)}},
            .descriptors = {fd},
            .path = std::move(path)};
  }

  std::vector<std::string> lines_;
  CallTracer tracer_{
      [this](absl::string_view line) { lines_.emplace_back(line); },
      FdTable(8)};
};

TEST_F(CallTracerTest, CallsAreLines) {
  tracer_.Add("fd_tell", Call(Fd{1}), {.value = "4"});
  tracer_.Add("fd_tell", Call(Fd{7}), {.error = Errno::kBadf});
  tracer_.Add("fd_tell", Call(Fd{1}), {.error = Errno::kFault});
  tracer_.Add("sched_yield", {}, {.value = "0"});
  EXPECT_THAT(
      lines_,
      ElementsAre("fd_tell(fd=1 <stdout>) = 4",
                  "fd_tell(fd=7) = EBADF (Bad file descriptor)",
                  "fd_tell(fd=1 <stdout>) = ? (trap: a pointer is out of "
                  "bounds or misaligned)",
                  "sched_yield() = 0"));
}

TEST_F(CallTracerTest, DescriptorsAreFollowed) {
  tracer_.Add("path_open", Call(Fd{0}, "a"), {.value = "5", .made = Fd{5}});
  EXPECT_THAT(tracer_.names().Text(Fd{5}), HasSubstr("/a"));
  tracer_.Add("fd_close", Call(Fd{5}), {.error = Errno::kIo});
  EXPECT_THAT(tracer_.names().Text(Fd{5}), HasSubstr("/a"));
  CallText renumber = Call(Fd{5});
  renumber.descriptors.push_back(Fd{2});
  tracer_.Add("fd_renumber", renumber, {.value = "0"});
  EXPECT_EQ(tracer_.names().Text(Fd{5}), "5");
  EXPECT_THAT(tracer_.names().Text(Fd{2}), HasSubstr("/a"));
  tracer_.Add("fd_close", Call(Fd{2}), {.value = "0"});
  EXPECT_EQ(tracer_.names().Text(Fd{2}), "2");
}

TEST_F(CallTracerTest, TheSummaryHasWhatTookMostTimeFirst) {
  tracer_.Add("fd_read", Call(Fd{0}), {.time = absl::Microseconds(10)});
  tracer_.Add("fd_read", Call(Fd{0}),
              {.error = Errno::kIo, .time = absl::Microseconds(20)});
  tracer_.Add("fd_write", Call(Fd{1}), {.time = absl::Microseconds(70)});
  const std::string summary = tracer_.Summary();
  const std::vector<std::string> lines = absl::StrSplit(summary, '\n');
  ASSERT_EQ(lines.size(), 7u) << summary;
  EXPECT_THAT(lines[0], StartsWith("% time     seconds  usecs/call"));
  EXPECT_EQ(lines[2],
            " 70.00    0.000070          70         1           fd_write");
  EXPECT_EQ(lines[3],
            " 30.00    0.000030          15         2         1 fd_read");
  EXPECT_EQ(lines[5],
            "100.00    0.000100          33         3         1 total");
}

TEST(CallTracer, NeedsNoSink) {
  CallTracer tracer(nullptr, FdTable(8));
  tracer.Add("sched_yield", {}, {.value = "0"});
  EXPECT_THAT(tracer.Summary(), HasSubstr("sched_yield"));
}

}  // namespace
}  // namespace wasijit::wasi
