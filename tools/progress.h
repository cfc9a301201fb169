// A bar on the terminal for work that takes its time.
#ifndef WASIJIT_TOOLS_PROGRESS_H_
#define WASIJIT_TOOLS_PROGRESS_H_

#include <cstddef>
#include <cstdio>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace wasijit::tools {

// "Compiling [####      ] 42%", for a line of the terminal.
std::string ProgressText(absl::string_view what, size_t done, size_t total);

// Appears on stderr after a second, if that is a terminal, and is gone when
// destroyed. Thread-safe.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Report(size_t done, size_t total);

 private:
  const std::string what_;
  const bool is_terminal_;
  absl::Mutex mutex_;
  absl::Time next_ ABSL_GUARDED_BY(mutex_);
  bool is_shown_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_PROGRESS_H_
