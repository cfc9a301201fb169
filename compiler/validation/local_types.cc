#include "compiler/validation/local_types.h"

#include <algorithm>

namespace wasijit::compiler {

void LocalTypes::Reset(absl::Span<const ValueType> params,
                       absl::Span<const LocalGroup> groups) {
  first_.assign(params.begin(), params.end());
  param_count_ = static_cast<uint32_t>(params.size());
  count_ = param_count_;
  groups_.clear();
  initialized_.clear();
  record_.clear();
  for (const LocalGroup& group : groups) {
    count_ += group.count;
    if (first_.size() < kDirect) {
      first_.resize(std::min<size_t>(kDirect, first_.size() + group.count),
                    group.type);
    }
    groups_.push_back({count_, group.type});
  }
}

ValueType LocalTypes::FindInGroups(uint32_t index) const {
  const auto found = std::upper_bound(
      groups_.begin(), groups_.end(), index,
      [](uint32_t wanted, const Group& group) { return wanted < group.end; });
  return found->type;
}

void LocalTypes::SetInitialized(uint32_t index) {
  if (IsInitialized(index)) return;
  initialized_.insert(index);
  record_.push_back(index);
}

void LocalTypes::Forget(size_t record_size) {
  while (record_.size() > record_size) {
    initialized_.erase(record_.back());
    record_.pop_back();
  }
}

}  // namespace wasijit::compiler
