#include "runtime/compile_threads.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"

namespace wasijit {
namespace {

// LLVM recurses deeply; the threads' default may be small.
constexpr size_t kStackSize = size_t{16} << 20;
constexpr int kBackgroundNiceness = 10;

// A thread that nobody waits for and that no signal of the program is handled
// on. False if the system refuses.
bool StartThread(CompileThreads::Work body) {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  auto owned = std::make_unique<CompileThreads::Work>(std::move(body));
  pthread_t thread;
  const int error = pthread_create(
      &thread, &attributes,
      [](void* argument) -> void* {
        const std::unique_ptr<CompileThreads::Work> work(
            static_cast<CompileThreads::Work*>(argument));
        (*work)();
        return nullptr;
      },
      owned.get());
  if (error == 0) static_cast<void>(owned.release());
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

// On Linux niceness belongs to the thread.
void BecomeNice() {
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
                                kBackgroundNiceness));
}

// Beside the one that the program needs itself.
size_t SpareCores() {
  return std::max<size_t>(std::thread::hardware_concurrency(), 2) - 1;
}

}  // namespace

CompileThreads& CompileThreads::Get() {
  static CompileThreads* const threads = new CompileThreads();
  return *threads;
}

bool CompileThreads::RunNow(Work work) {
  return Add(Kind::kNow, std::numeric_limits<size_t>::max(), std::move(work));
}

// If the system refuses a thread, nothing becomes faster.
void CompileThreads::RunSoon(Work work) {
  static_cast<void>(Add(Kind::kSoon, SpareCores(), std::move(work)));
}

void CompileThreads::RunInBackground(Work work) {
  static_cast<void>(Add(Kind::kBackground, SpareCores(), std::move(work)));
}

bool CompileThreads::Add(Kind kind, size_t max_threads, Work work) {
  absl::MutexLock lock(&mutex_);
  Queue& queue = QueueOf(kind);
  queue.works.push_back(std::move(work));
  if (queue.works.size() <= queue.idle || queue.threads >= max_threads) {
    return true;
  }
  if (StartThread([this, kind] { Serve(kind); })) {
    ++queue.threads;
    return true;
  }
  // The others, if there are any, come to it.
  if (queue.threads > 0) return true;
  queue.works.pop_back();
  return false;
}

void CompileThreads::Serve(Kind kind) {
  if (kind == Kind::kBackground) BecomeNice();
  while (true) {
    Work work;
    {
      absl::MutexLock lock(&mutex_);
      Queue& queue = QueueOf(kind);
      const auto has_work = [&queue]() { return !queue.works.empty(); };
      ++queue.idle;
      mutex_.Await(absl::Condition(&has_work));
      --queue.idle;
      work = std::move(queue.works.front());
      queue.works.pop_front();
    }
    work();
  }
}

}  // namespace wasijit
