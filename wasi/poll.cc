// Waiting for events.
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "wasi/call_lock.h"
#include "wasi/filestat.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"
#include "wasi/system_call.h"

namespace wasijit::wasi {
namespace {

constexpr Timestamp kForever = std::numeric_limits<Timestamp>::max();
constexpr Timestamp kNanosecondsPerSecond = 1'000'000'000;

Timestamp Now(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return TimestampFromHost(now);
}

timespec Duration(Timestamp nanoseconds) {
  return {.tv_sec = static_cast<time_t>(nanoseconds / kNanosecondsPerSecond),
          .tv_nsec = static_cast<long>(nanoseconds % kNanosecondsPerSecond)};
}

// Bytes that can be read without waiting.
Filesize ReadableBytes(const Descriptor& file) {
  const int fd = file.file.fd();
  if (file.filetype == Filetype::kRegularFile) {
    struct stat stat;
    const off_t position = lseek(fd, 0, SEEK_CUR);
    if (position < 0 || fstat(fd, &stat) != 0) return 0;
    return static_cast<Filesize>(std::max<off_t>(0, stat.st_size - position));
  }
  int count = 0;
  if (ioctl(fd, FIONREAD, &count) != 0 || count < 0) return 0;
  return static_cast<Filesize>(count);
}

// One subscription while the call waits.
struct Wait {
  Subscription subscription;
  // Of clocks: the host's clock and when it is time.
  clockid_t clock = CLOCK_MONOTONIC;
  Timestamp deadline = kForever;
  // Of descriptors: what is waited for, and its place among those to poll.
  const Descriptor* file = nullptr;
  size_t polled = 0;
  // What came of it, if it is decided at once.
  std::optional<Errno> decided = std::nullopt;
};

// The wait for all subscriptions of a call.
class Poll {
 public:
  explicit Poll(FdTable& fds) : fds_(fds) {}

  void Add(const Subscription& subscription) {
    Wait wait = {.subscription = subscription};
    switch (subscription.type) {
      case Eventtype::kClock:
        AddClock(wait);
        break;
      case Eventtype::kFdRead:
        AddFile(wait, Rights::kFdRead, POLLIN);
        break;
      case Eventtype::kFdWrite:
        AddFile(wait, Rights::kFdWrite, POLLOUT);
        break;
    }
    any_decided_ |= wait.decided.has_value();
    waits_.push_back(wait);
  }

  // Returns when there is at least one event.
  Result<void> Run() {
    for (;;) {
      const Timestamp duration = any_decided_ ? 0 : UntilFirstDeadline();
      const timespec timeout = Duration(duration);
      const int ready = WaitForFiles(duration == kForever ? nullptr : &timeout);
      if (ready < 0 && !IsRepeated(errno)) return HostError();
      if (ready > 0 || any_decided_ || UntilFirstDeadline() == 0) return {};
    }
  }

  // The events there are, in the order of the subscriptions.
  template <typename Emit>
  void Collect(Emit emit) const {
    for (const Wait& wait : waits_) {
      if (std::optional<Event> event = EventOf(wait)) emit(*event);
    }
  }

 private:
  static void AddClock(Wait& wait) {
    const Subscription& subscription = wait.subscription;
    if (!IsDefined<Clockid>(subscription.clock) ||
        !IsDefined<Subclockflags>(subscription.clock_flags)) {
      wait.decided = Errno::kInval;
      return;
    }
    switch (static_cast<Clockid>(subscription.clock)) {
      case Clockid::kRealtime:
        wait.clock = CLOCK_REALTIME;
        break;
      case Clockid::kMonotonic:
        wait.clock = CLOCK_MONOTONIC;
        break;
      default:
        // A processor clock stands still while the call waits.
        wait.decided = Errno::kNotsup;
        return;
    }
    if (HasAny(static_cast<Subclockflags>(subscription.clock_flags),
               Subclockflags::kSubscriptionClockAbstime)) {
      wait.deadline = subscription.timeout;
      return;
    }
    // A relative time is not to change when somebody sets the clock.
    wait.clock = CLOCK_MONOTONIC;
    const Timestamp now = Now(wait.clock);
    wait.deadline = now + std::min(subscription.timeout, kForever - now);
  }

  void AddFile(Wait& wait, Rights right, short events) {
    const Result<Descriptor*> found =
        fds_.Find(wait.subscription.fd, right | Rights::kPollFdReadwrite);
    if (!found) {
      wait.decided = found.error();
      return;
    }
    wait.file = *found;
    if (CallLock::IsHeld()) kept_.push_back(KeepWhilePaused(**found));
    if (wait.file->filetype == Filetype::kRegularFile) {
      wait.decided = Errno::kSuccess;
      return;
    }
    wait.polled = polled_.size();
    polled_.push_back(
        {.fd = wait.file->file.fd(), .events = events, .revents = 0});
  }

  int WaitForFiles(const timespec* timeout) {
    const CallLock::Pause pause;
    return ppoll(polled_.data(), polled_.size(), timeout, /*sigmask=*/nullptr);
  }

  // 0 when it has passed.
  Timestamp UntilFirstDeadline() const {
    Timestamp shortest = kForever;
    for (const Wait& wait : waits_) {
      if (wait.deadline == kForever) continue;
      const Timestamp now = Now(wait.clock);
      shortest =
          std::min(shortest, wait.deadline > now ? wait.deadline - now : 0);
    }
    return shortest;
  }

  std::optional<Event> EventOf(const Wait& wait) const {
    Event event;
    event.userdata = wait.subscription.userdata;
    event.type = wait.subscription.type;
    if (wait.decided) {
      event.error = static_cast<uint16_t>(*wait.decided);
    } else if (wait.file == nullptr) {
      if (wait.deadline == kForever || wait.deadline > Now(wait.clock)) {
        return std::nullopt;
      }
      return event;
    } else {
      const short found = polled_[wait.polled].revents;
      if (found == 0) return std::nullopt;
      if (found & POLLHUP) event.flags = Eventrwflags::kFdReadwriteHangup;
      if (found & POLLNVAL) event.error = static_cast<uint16_t>(Errno::kBadf);
    }
    if (event.type == Eventtype::kFdRead && event.error == 0) {
      event.nbytes = ReadableBytes(*wait.file);
    }
    return event;
  }

  FdTable& fds_;
  absl::InlinedVector<Wait, 8> waits_;
  absl::InlinedVector<pollfd, 8> polled_;
  // The files of a program with several threads.
  std::vector<std::shared_ptr<const Descriptor>> kept_;
  bool any_decided_ = false;
};

}  // namespace

Result<Size> Preview1::PollOneoff(SubscriptionArray in, Pointer<Event> out,
                                  Size nsubscriptions) {
  WASI_RETURN_IF_ERROR(in.Check(nsubscriptions));
  WASI_RETURN_IF_ERROR(out.Check(nsubscriptions));
  if (nsubscriptions == 0 || nsubscriptions > context_->max_subscriptions()) {
    return std::unexpected(Errno::kInval);
  }
  Poll poll(fds());
  for (Size i = 0; i < nsubscriptions; ++i) {
    const Subscription subscription = in.Read(i);
    if (!IsDefined<Eventtype>(static_cast<uint64_t>(subscription.type))) {
      return std::unexpected(Errno::kInval);
    }
    poll.Add(subscription);
  }
  WASI_RETURN_IF_ERROR(poll.Run());
  Size count = 0;
  poll.Collect([&](const Event& event) {
    // Checked above.
    (void)out.At(count++).Write(event);
  });
  return count;
}

}  // namespace wasijit::wasi
