#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

constexpr Timestamp kMillisecond = 1'000'000;

class PollTest : public GuestTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(pipe_), 0);
    GuestTest::Start({.stdin_fd = pipe_[0], .stdout_fd = pipe_[1]});
    Sandbox::WriteFile(box() / "file", "0123456789");
  }
  void TearDown() override {
    close(pipe_[0]);
    if (pipe_[1] >= 0) close(pipe_[1]);
  }
  void CloseWritingEnd() {
    close(pipe_[1]);
    pipe_[1] = -1;
  }

  static Subscription Clock(uint64_t userdata, Timestamp timeout,
                            uint32_t clock = 1, uint16_t flags = 0) {
    return {.userdata = userdata,
            .type = Eventtype::kClock,
            .clock = clock,
            .timeout = timeout,
            .clock_flags = flags,
            .fd = {}};
  }
  static Subscription File(uint64_t userdata, Eventtype type, Fd fd) {
    return {.userdata = userdata,
            .type = type,
            .clock = {},
            .timeout = {},
            .clock_flags = {},
            .fd = fd};
  }

  // Writes subscriptions as a guest does.
  uint32_t Put(GuestArena& arena, const std::vector<Subscription>& list) {
    const uint32_t in = arena.Allocate(list.size() * 48);
    for (size_t i = 0; i < list.size(); ++i) {
      const uint32_t at = in + i * 48;
      arena.Write(at, list[i].userdata);
      arena.Write(at + 8, list[i].type);
      if (list[i].type == Eventtype::kClock) {
        arena.Write(at + 16, list[i].clock);
        arena.Write(at + 24, list[i].timeout);
        arena.Write(at + 40, list[i].clock_flags);
      } else {
        arena.Write(at + 16, list[i].fd);
      }
    }
    return in;
  }

  Result<std::vector<Event>> Poll(const std::vector<Subscription>& list) {
    GuestArena arena;
    const uint32_t in = Put(arena, list);
    const uint32_t out = arena.Allocate(list.size() * sizeof(Event));
    WASI_ASSIGN_OR_RETURN(
        const Size count,
        calls().PollOneoff(
            SubscriptionArray(arena.memory(), in, kPreview1Subscription),
            Pointer<Event>(arena.memory(), out), list.size()));
    std::vector<Event> events;
    for (Size i = 0; i < count; ++i) {
      events.push_back(arena.Read<Event>(out + i * sizeof(Event)));
    }
    return events;
  }

  int pipe_[2];
};

std::vector<uint64_t> Userdata(const Result<std::vector<Event>>& events) {
  std::vector<uint64_t> list;
  EXPECT_THAT(events, Succeeds());
  if (events) {
    for (const Event& event : *events) list.push_back(event.userdata);
  }
  return list;
}

TEST_P(PollTest, NothingToWaitForIsInvalid) {
  EXPECT_THAT(Poll({}), FailsWith(Errno::kInval));
}

TEST_P(PollTest, AClockRingsWhenItIsTime) {
  const auto before = std::chrono::steady_clock::now();
  const auto events = Poll({Clock(7, 20 * kMillisecond)});
  EXPECT_GE(std::chrono::steady_clock::now() - before,
            std::chrono::milliseconds(20));
  ASSERT_EQ(Userdata(events), std::vector<uint64_t>{7});
  EXPECT_EQ(events->front().type, Eventtype::kClock);
  EXPECT_EQ(events->front().error, 0);
}

TEST_P(PollTest, TheFirstClockEndsTheWait) {
  EXPECT_EQ(Userdata(Poll({Clock(1, 3'600'000 * kMillisecond),
                           Clock(2, 5 * kMillisecond), Clock(3, ~Timestamp{0}),
                           Clock(4, ~Timestamp{0}, 0, 1)})),
            std::vector<uint64_t>{2});
}

TEST_P(PollTest, AbsoluteTimesAreOfTheirClock) {
  for (const Clockid id : {Clockid::kRealtime, Clockid::kMonotonic}) {
    const auto clock = static_cast<uint32_t>(id);
    const Timestamp now = calls().ClockTimeGet(id, 0).value();
    EXPECT_EQ(Userdata(Poll({Clock(1, now + 10 * kMillisecond, clock, 1)})),
              std::vector<uint64_t>{1});
    EXPECT_GE(calls().ClockTimeGet(id, 0).value(), now + 10 * kMillisecond);
    // In the past.
    EXPECT_EQ(Userdata(Poll({Clock(1, 1, clock, 1)})),
              std::vector<uint64_t>{1});
  }
}

TEST_P(PollTest, WhatIsWrongWithASubscriptionIsAnEvent) {
  const struct {
    Subscription subscription;
    Errno expected;
  } kCases[] = {
      {Clock(1, 0, /*clock=*/9), Errno::kInval},
      {Clock(1, 0, 1, /*flags=*/2), Errno::kInval},
      {Clock(1, 0, /*clock=*/2), Errno::kNotsup},
      {File(1, Eventtype::kFdRead, kUnused), Errno::kBadf},
      {File(1, Eventtype::kFdWrite, kUnused), Errno::kBadf},
      {File(1, Eventtype::kFdWrite, kStdin), Errno::kNotcapable},
      {File(1, Eventtype::kFdRead, kBox), Errno::kNotcapable},
  };
  for (const auto& c : kCases) {
    // It is reported without waiting for the other.
    const auto events =
        Poll({c.subscription, Clock(2, 3'600'000 * kMillisecond)});
    ASSERT_EQ(Userdata(events), std::vector<uint64_t>{1});
    EXPECT_EQ(events->front().error, static_cast<uint16_t>(c.expected));
    EXPECT_EQ(events->front().type, c.subscription.type);
  }
}

TEST_P(PollTest, UnknownTypesAreInvalid) {
  EXPECT_THAT(Poll({File(1, static_cast<Eventtype>(3), kStdin)}),
              FailsWith(Errno::kInval));
}

TEST_P(PollTest, ReadyStreamsAreReportedInOrder) {
  ASSERT_EQ(write(pipe_[1], "abc", 3), 3);
  const auto events = Poll({File(5, Eventtype::kFdWrite, kStdout),
                            Clock(6, 3'600'000 * kMillisecond),
                            File(7, Eventtype::kFdRead, kStdin)});
  ASSERT_EQ(Userdata(events), (std::vector<uint64_t>{5, 7}));
  EXPECT_EQ((*events)[0].type, Eventtype::kFdWrite);
  EXPECT_EQ((*events)[1].type, Eventtype::kFdRead);
  EXPECT_EQ((*events)[1].nbytes, 3u);
  EXPECT_EQ((*events)[1].flags, Eventrwflags::kNone);
}

TEST_P(PollTest, AnEmptyStreamLetsTheClockRing) {
  EXPECT_EQ(Userdata(Poll({File(1, Eventtype::kFdRead, kStdin),
                           Clock(2, 10 * kMillisecond)})),
            std::vector<uint64_t>{2});
}

TEST_P(PollTest, WaitsUntilDataArrive) {
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(write(pipe_[1], "x", 1), 1);
  });
  EXPECT_EQ(Userdata(Poll({File(1, Eventtype::kFdRead, kStdin)})),
            std::vector<uint64_t>{1});
  writer.join();
}

TEST_P(PollTest, TheEndOfAStreamIsAHangup) {
  CloseWritingEnd();
  const auto events = Poll({File(1, Eventtype::kFdRead, kStdin)});
  ASSERT_EQ(Userdata(events), std::vector<uint64_t>{1});
  EXPECT_EQ(events->front().flags, Eventrwflags::kFdReadwriteHangup);
  EXPECT_EQ(events->front().nbytes, 0u);
}

TEST_P(PollTest, FilesAreAlwaysReady) {
  const Fd fd = MustOpen("file");
  ASSERT_EQ(calls().FdSeek(fd, 4, Whence::kSet), 4u);
  const auto events =
      Poll({File(1, Eventtype::kFdRead, fd), File(2, Eventtype::kFdWrite, fd)});
  ASSERT_EQ(Userdata(events), (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ((*events)[0].nbytes, 6u);
}

TEST_P(PollTest, SubscriptionsAreLimited) {
  Start({.stdin_fd = pipe_[0], .max_subscriptions = 3});
  EXPECT_THAT(Poll(std::vector<Subscription>(3, Clock(1, 0))), Succeeds());
  EXPECT_THAT(Poll(std::vector<Subscription>(4, Clock(1, 0))),
              FailsWith(Errno::kInval));
}

TEST_P(PollTest, PointersAreCheckedBeforeAnything) {
  GuestArena arena;
  const uint32_t in = Put(arena, {Clock(1, ~Timestamp{0})});
  const auto poll = [&](uint32_t from, uint32_t to, Size count) {
    return calls().PollOneoff(
        SubscriptionArray(arena.memory(), from, kPreview1Subscription),
        Pointer<Event>(arena.memory(), to), count);
  };
  const uint32_t end = GuestArena::kSize;
  const auto fault = FailsWith(Errno::kFault);
  EXPECT_THAT(poll(in, end, 1), fault);
  EXPECT_THAT(poll(in, end - 24, 1), fault);
  EXPECT_THAT(poll(end - 40, 64, 1), fault);
  EXPECT_THAT(poll(in, 68, 1), fault);
  EXPECT_THAT(poll(in + 4, 64, 1), fault);
  EXPECT_THAT(poll(in, 64, 1 << 28), fault);
  EXPECT_THAT(poll(in, 64, ~0u), fault);
}

INSTANTIATE_ONCE(PollTest);

}  // namespace
}  // namespace wasijit::wasi
