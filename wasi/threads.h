// wasi-threads: threads of one program, which share its memory.
//
// The guest imports `wasi.thread-spawn: [i32] -> [i32]` and its memory, and
// exports `wasi_thread_start: [i32 i32] -> []`, which is called on a new thread
// with the thread's number and what thread-spawn was given, in an instance of
// its own.
#ifndef WASIJIT_WASI_THREADS_H_
#define WASIJIT_WASI_THREADS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/function.h"
#include "runtime/linker.h"
#include "runtime/memory.h"
#include "runtime/outcome.h"
#include "runtime/store.h"

namespace wasijit::wasi {

// Of one program. Thread-safe.
class Threads {
 public:
  // Receives the trap or exit of a thread, on that thread; only the first. The
  // program has then ended. A function that returns leaves to the embedder to
  // stop what still runs.
  using End = std::function<void(const Termination& termination)>;

  // For a program that `linker` has everything else for: functions of the host
  // only, since every thread has a store of its own. Creates the shared
  // memories that the module imports as objects of `store`, in which the first
  // thread is to run, and defines them and thread-spawn. FailedPrecondition if
  // the module imports thread-spawn, but no shared memory, or does not export
  // wasi_thread_start. The engine, and the linker's host functions, must
  // outlive this.
  static absl::StatusOr<std::unique_ptr<Threads>> Create(
      std::shared_ptr<const CompiledModule> module, Linker& linker,
      Store& store, End end);

  // Waits until all threads have ended; those that wait for notifications are
  // interrupted.
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  struct Thread;

  Threads(std::shared_ptr<const CompiledModule> module, Store& store, End end);

  absl::Status CreateMemories(Linker& linker, Store& store);
  // The number of a new thread, or -1 if there can be none.
  Outcome<int32_t> Spawn(int32_t argument);
  absl::StatusOr<Outcome<std::unique_ptr<Thread>>> Prepare(int32_t argument);
  // Starts the native thread.
  bool Start(std::unique_ptr<Thread> thread);
  void Run(std::unique_ptr<Thread> thread);

  const std::shared_ptr<const CompiledModule> module_;
  Engine& engine_;
  const StoreLimits limits_;
  const End end_;
  // What every thread's instance is linked with.
  Linker linker_;
  std::vector<std::shared_ptr<Memory>> memories_;
  std::atomic<bool> has_ended_ = false;
  std::atomic<int32_t> last_id_ = 0;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  // Running threads, guarded by the mutex.
  uint32_t running_ = 0;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_THREADS_H_
