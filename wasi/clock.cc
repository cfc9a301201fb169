// Clocks.
#include <time.h>

#include <algorithm>

#include "wasi/filestat.h"
#include "wasi/host_errno.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {
namespace {

clockid_t HostClock(Clockid id) {
  switch (id) {
    case Clockid::kRealtime:
      return CLOCK_REALTIME;
    case Clockid::kMonotonic:
      return CLOCK_MONOTONIC;
    case Clockid::kProcessCputimeId:
      return CLOCK_PROCESS_CPUTIME_ID;
    case Clockid::kThreadCputimeId:
      return CLOCK_THREAD_CPUTIME_ID;
  }
  return CLOCK_MONOTONIC;
}

Timestamp Since(Timestamp origin, Timestamp now) {
  return now - std::min(origin, now);
}

}  // namespace

Result<Timestamp> Preview1::ClockResGet(Clockid id) {
  timespec resolution;
  if (clock_getres(HostClock(id), &resolution) != 0) return HostError();
  return TimestampFromHost(resolution);
}

Result<Timestamp> Preview1::ClockTimeGet(Clockid id, Timestamp /*precision*/) {
  timespec time;
  if (clock_gettime(HostClock(id), &time) != 0) return HostError();
  const Timestamp now = TimestampFromHost(time);
  switch (id) {
    case Clockid::kProcessCputimeId:
      return Since(context_->process_time_origin(), now);
    case Clockid::kThreadCputimeId:
      return Since(context_->thread_time_origin(), now);
    default:
      return now;
  }
}

}  // namespace wasijit::wasi
