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
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/loaded_code.h"
#include "runtime/platform/code_arena.h"

namespace wasijit {

// All code lies in one arena, which begins with a trampoline for each function;
// what is not in the same image is called through those, and so is everything
// that the runtime knows the address of. A trampoline goes first to code that
// has the function compiled, then to the best code that there is. Code is never
// freed before the arena: it may be running.
//
// Thread-safe. Compilation happens on CompileThreads, which keep this alive
// while they work for it.
class LazyCode : public std::enable_shared_from_this<LazyCode> {
 public:
  static absl::StatusOr<std::shared_ptr<LazyCode>> Create(LazyImage image);

  LazyCode(const LazyCode&) = delete;
  LazyCode& operator=(const LazyCode&) = delete;

  // Nobody runs or asks for code any more; nothing further is begun.
  void Abandon() ABSL_LOCKS_EXCLUDED(mutex_);

  // Where a defined function can be called for ever.
  const uint8_t* Trampoline(uint32_t function) const;
  // Everything that may ever be executed.
  absl::Span<const uint8_t> text() const { return arena_.text(); }
  // By index of the defined function: what code of the first tier counts down,
  // to call NoteHot below zero.
  int32_t* counters() { return counters_.data(); }

  // The present code of a defined function. Compiles it first if there is none.
  absl::StatusOr<const void*> Find(uint32_t function)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The function is worth the best code. Does not wait for it.
  void NoteHot(uint32_t function) ABSL_LOCKS_EXCLUDED(mutex_);

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
  };

  LazyCode(LazyImage image, CodeArena arena);
  absl::Status WriteTrampolines();

  size_t Defined(uint32_t function) const {
    return function - image_.module->num_imported_functions;
  }
  bool IsWarm(uint32_t function);
  // On CompileThreads.
  void CompileFirst(uint32_t function) ABSL_LOCKS_EXCLUDED(mutex_);
  void CompileHot() ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<uint32_t> PlanFirst(uint32_t function)
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<uint32_t> PlanHot() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status CompileAndPublish(Tier tier,
                                 absl::Span<const uint32_t> functions)
      ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<CodeArena::Place> Allocate(const CodeImage& image)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Publish(Tier tier, std::unique_ptr<const LoadedCode> code)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Fail(absl::Span<const uint32_t> functions, const absl::Status& why)
      ABSL_LOCKS_EXCLUDED(mutex_);

  const LazyImage image_;
  const uint8_t* trampolines_ = nullptr;
  std::vector<int32_t> counters_;

  mutable absl::Mutex mutex_;
  CodeArena arena_;
  bool is_abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  // By index of the defined function.
  std::vector<FunctionState> states_ ABSL_GUARDED_BY(mutex_);
  // Why functions have no code, by function.
  absl::flat_hash_map<uint32_t, absl::Status> failures_ ABSL_GUARDED_BY(mutex_);
  std::deque<uint32_t> hot_ ABSL_GUARDED_BY(mutex_);
  // By the begin of their text.
  std::map<const uint8_t*, std::unique_ptr<const LoadedCode>> codes_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_LAZY_CODE_H_
