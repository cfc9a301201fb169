// The code of a module whose functions are compiled when they are first called,
// and compiled better when they turn out to be hot.
#ifndef WASIJIT_RUNTIME_LAZY_CODE_H_
#define WASIJIT_RUNTIME_LAZY_CODE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/abi/vm_context.h"
#include "runtime/loaded_code.h"
#include "runtime/platform/code_arena.h"

namespace wasijit {

struct TierOptions {
  // The work, in iterations of loops, that code of the first tier is worth.
  int32_t patience = 20000;
  // Whether loops wait for their better code, so that it is predictable when
  // they get it.
  bool waits = false;
};

// All code lies in one arena, which begins with a trampoline for each function;
// what is not in the same image is called through those, and so is everything
// that the runtime knows the address of. A trampoline goes first to code that
// has the function compiled, then to the best code that there is. Code is never
// freed before the arena: it may be running.
//
// Baseline code that is in a loop when better code is there goes on in that: at
// the head of the loop it asks for it.
//
// Thread-safe. Compilation happens on CompileThreads, which keep this alive
// while they work for it.
class LazyCode : public std::enable_shared_from_this<LazyCode> {
 public:
  static absl::StatusOr<std::shared_ptr<LazyCode>> Create(
      LazyImage image, TierOptions options = {});

  LazyCode(const LazyCode&) = delete;
  LazyCode& operator=(const LazyCode&) = delete;

  // Nobody runs or asks for code any more; nothing further is begun.
  void Abandon() ABSL_LOCKS_EXCLUDED(mutex_);

  // Where a defined function can be called for ever.
  const uint8_t* Trampoline(uint32_t function) const;
  // Everything that may ever be executed.
  absl::Span<const uint8_t> text() const { return arena_.text(); }
  // By index of the defined function: what code of the first tier counts in, to
  // call NoteHot and FindLoop when patience falls below zero.
  VmCounter* counters() { return counters_.data(); }

  // The present code of a defined function. Compiles it first if there is none.
  absl::StatusOr<const void*> Find(uint32_t function)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The function is worth the best code. Does not wait for it.
  void NoteHot(uint32_t function) ABSL_LOCKS_EXCLUDED(mutex_);
  // Code that can take the place of the function's baseline code at the head of
  // a loop (TierCompiler::CompileLoop); null if there is none. It may then come
  // to be there, or the function gets better code for its next call.
  const void* FindLoop(uint32_t function, uint32_t loop)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // How often FindLoop has found any.
  uint64_t replaced_loops() const ABSL_LOCKS_EXCLUDED(mutex_);

  // The code that contains an address; null if there is none.
  const LoadedCode* CodeAt(const void* pc) const ABSL_LOCKS_EXCLUDED(mutex_);
  // Whether calls of a function reach code of this tier.
  bool HasTier(uint32_t function, Tier tier) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct FunctionState {
    // Null while there is none.
    const uint8_t* code = nullptr;
    Tier tier = Tier::kBaseline;
    // The first code is being compiled.
    bool is_awaited = false;
    bool is_hot = false;
    // The best code is being compiled, or has been.
    bool is_promoted = false;
    // VmCounter::calls when a loop asked last.
    uint32_t calls = 0;
  };
  struct LoopState {
    bool is_requested = false;
    bool is_settled = false;
    // Null while there is none, or if there can be none.
    const uint8_t* code = nullptr;
    // VmCounter::calls of the one that has gone on in it.
    uint32_t calls = 0;
  };

  LazyCode(LazyImage image, TierOptions options, CodeArena arena);
  absl::Status WriteTrampolines();

  size_t Defined(uint32_t function) const {
    return function - image_.module->num_imported_functions;
  }
  bool IsWarm(uint32_t function);
  // Starts the counter of a function anew; returns how often it was called.
  uint32_t ResetCounter(uint32_t function);
  void Request(uint32_t function) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RequestLoop(uint32_t function, uint32_t loop)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // On CompileThreads.
  void CompileFirst(uint32_t function) ABSL_LOCKS_EXCLUDED(mutex_);
  void CompileHot() ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<uint32_t> PlanFirst(uint32_t function)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void CompileLoop(uint32_t function, uint32_t loop)
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<uint32_t> PlanHot() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status CompileAndPublish(Tier tier,
                                 absl::Span<const uint32_t> functions)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Makes the code of an image executable.
  absl::StatusOr<std::unique_ptr<const LoadedCode>> Install(CodeImage image)
      ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<CodeArena::Place> Allocate(const CodeImage& image)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Publish(Tier tier, std::unique_ptr<const LoadedCode> code)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Fail(absl::Span<const uint32_t> functions, const absl::Status& why)
      ABSL_LOCKS_EXCLUDED(mutex_);

  const LazyImage image_;
  const uint8_t* trampolines_ = nullptr;
  const TierOptions options_;
  std::vector<VmCounter> counters_;

  mutable absl::Mutex mutex_;
  CodeArena arena_;
  bool is_abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  // By index of the defined function.
  std::vector<FunctionState> states_ ABSL_GUARDED_BY(mutex_);
  // Why functions have no code, by function.
  absl::flat_hash_map<uint32_t, absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  std::deque<uint32_t> hot_ ABSL_GUARDED_BY(mutex_);
  // By the offset of the loop.
  absl::node_hash_map<uint32_t, LoopState> loops_ ABSL_GUARDED_BY(mutex_);
  uint64_t replaced_loops_ ABSL_GUARDED_BY(mutex_) = 0;
  // By the begin of their text.
  std::map<const uint8_t*, std::unique_ptr<const LoadedCode>> codes_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_LAZY_CODE_H_
