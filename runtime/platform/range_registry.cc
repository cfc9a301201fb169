#include "runtime/platform/range_registry.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/synchronization/mutex.h"

namespace wasijit {

RangeRegistry::RangeRegistry()
    : owned_(std::make_unique<const Snapshot>()), current_(owned_.get()) {}

RangeRegistry::~RangeRegistry() = default;

void RangeRegistry::Add(uintptr_t begin, uintptr_t end, const void* owner) {
  absl::MutexLock lock(&mutex_);
  auto next = std::make_unique<Snapshot>();
  next->reserve(owned_->size() + 1);
  const auto position = std::upper_bound(
      owned_->begin(), owned_->end(), begin,
      [](uintptr_t value, const Range& range) { return value < range.begin; });
  next->assign(owned_->begin(), position);
  next->push_back({begin, end, owner});
  next->insert(next->end(), position, owned_->end());
  Publish(std::move(next));
}

void RangeRegistry::Remove(uintptr_t begin) {
  absl::MutexLock lock(&mutex_);
  auto next = std::make_unique<Snapshot>();
  next->reserve(owned_->size());
  std::copy_if(owned_->begin(), owned_->end(), std::back_inserter(*next),
               [begin](const Range& range) { return range.begin != begin; });
  Publish(std::move(next));
}

void RangeRegistry::Publish(std::unique_ptr<const Snapshot> snapshot) {
  current_.store(snapshot.get());
  retired_.push_back(std::exchange(owned_, std::move(snapshot)));
  // A reader that enters after this finds none inside sees the new snapshot.
  // If one is inside (in a forked child, perhaps for ever), the old snapshots
  // wait for the next change.
  if (readers_.load() == 0) retired_.clear();
}

const void* RangeRegistry::Find(uintptr_t address) const {
  readers_.fetch_add(1);
  const Snapshot& snapshot = *current_.load();
  const auto after = std::upper_bound(
      snapshot.begin(), snapshot.end(), address,
      [](uintptr_t value, const Range& range) { return value < range.begin; });
  const void* owner = nullptr;
  if (after != snapshot.begin() && address < (after - 1)->end) {
    owner = (after - 1)->owner;
  }
  readers_.fetch_sub(1);
  return owner;
}

}  // namespace wasijit
