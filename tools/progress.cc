#include "tools/progress.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace wasijit::tools {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr absl::Duration kInterval = absl::Milliseconds(100);
constexpr size_t kBarWidth = 40;

}  // namespace

std::string ProgressText(absl::string_view what, size_t done, size_t total) {
  const size_t filled = total == 0 ? kBarWidth : done * kBarWidth / total;
  return absl::StrCat(what, " [", std::string(filled, '#'),
                      std::string(kBarWidth - filled, ' '), "] ",
                      total == 0 ? 100 : done * 100 / total, "%");
}

Progress::Progress(std::string what)
    : what_(std::move(what)),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      next_(absl::Now() + kPatience) {}

Progress::~Progress() {
  const absl::MutexLock lock(&mutex_);
  // To the begin of the line, which is erased.
  if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::Report(size_t done, size_t total) {
  if (!is_terminal_) return;
  const absl::MutexLock lock(&mutex_);
  const absl::Time now = absl::Now();
  if (now < next_) return;
  next_ = now + kInterval;
  is_shown_ = true;
  std::fputs(absl::StrCat("\r", ProgressText(what_, done, total)).c_str(),
             stderr);
  std::fflush(stderr);
}

}  // namespace wasijit::tools
