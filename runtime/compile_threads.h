// The process's threads for compilation.
#ifndef WASIJIT_RUNTIME_COMPILE_THREADS_H_
#define WASIJIT_RUNTIME_COMPILE_THREADS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace wasijit {

// Nobody waits for these threads, not even the end of the process: what they
// work on has to belong to the work.
class CompileThreads {
 public:
  using Work = std::function<void()>;

  // Never destroyed.
  static CompileThreads& Get();

  // Somebody waits for the work: it begins at once, on a thread of its own if
  // need be. False if the system refuses a thread.
  bool RunNow(Work work) ABSL_LOCKS_EXCLUDED(mutex_);
  // The faster it is done, the less time slow code runs.
  void RunSoon(Work work) ABSL_LOCKS_EXCLUDED(mutex_);
  // The work gives way to everything else.
  void RunInBackground(Work work) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  enum class Kind : uint8_t { kNow, kSoon, kBackground };
  struct Queue {
    std::deque<Work> works;
    size_t threads = 0;
    size_t idle = 0;
  };

  CompileThreads() = default;
  bool Add(Kind kind, size_t max_threads, Work work)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Serve(Kind kind) ABSL_LOCKS_EXCLUDED(mutex_);
  Queue& QueueOf(Kind kind) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return queues_[static_cast<size_t>(kind)];
  }

  absl::Mutex mutex_;
  Queue queues_[3] ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_COMPILE_THREADS_H_
