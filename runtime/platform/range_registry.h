// Address ranges and what owns them, for look-up in signal handlers.
#ifndef WASIJIT_RUNTIME_PLATFORM_RANGE_REGISTRY_H_
#define WASIJIT_RUNTIME_PLATFORM_RANGE_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace wasijit {

// Readers search an immutable sorted snapshot and never wait, whatever they
// interrupted; writers publish a new snapshot and free old ones when no reader
// is inside.
class RangeRegistry {
 public:
  RangeRegistry();
  ~RangeRegistry();
  RangeRegistry(const RangeRegistry&) = delete;
  RangeRegistry& operator=(const RangeRegistry&) = delete;

  // REQUIRES: begin < end; disjoint from all other ranges.
  void Add(uintptr_t begin, uintptr_t end, const void* owner)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // REQUIRES: there is a range that begins there.
  void Remove(uintptr_t begin) ABSL_LOCKS_EXCLUDED(mutex_);

  // The owner of the range that contains the address, or null.
  // Async-signal-safe.
  const void* Find(uintptr_t address) const;

 private:
  struct Range {
    uintptr_t begin;
    uintptr_t end;
    const void* owner;
  };
  using Snapshot = std::vector<Range>;

  void Publish(std::unique_ptr<const Snapshot> snapshot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::unique_ptr<const Snapshot> owned_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<const Snapshot>> retired_ ABSL_GUARDED_BY(mutex_);
  std::atomic<const Snapshot*> current_;
  mutable std::atomic<int64_t> readers_ = 0;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_RANGE_REGISTRY_H_
