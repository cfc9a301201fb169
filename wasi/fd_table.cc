#include "wasi/fd_table.h"

#include <algorithm>
#include <utility>

namespace wasijit::wasi {

Result<Fd> FdTable::Insert(Descriptor descriptor) {
  size_t index = lowest_;
  while (index < entries_.size() && entries_[index]) ++index;
  lowest_ = index;
  if (index >= limit_) return std::unexpected(Errno::kMfile);
  if (index == entries_.size()) entries_.emplace_back();
  entries_[index] = std::make_shared<Descriptor>(std::move(descriptor));
  lowest_ = index + 1;
  return static_cast<Fd>(index);
}

Result<std::shared_ptr<Descriptor>> FdTable::Remove(Fd fd) {
  WASI_RETURN_IF_ERROR(Find(fd));
  const auto index = static_cast<size_t>(fd);
  lowest_ = std::min(lowest_, index);
  return std::move(entries_[index]);
}

Result<void> FdTable::Renumber(Fd fd, Fd to) {
  WASI_RETURN_IF_ERROR(Find(fd));
  WASI_RETURN_IF_ERROR(Find(to));
  if (fd == to) return {};
  WASI_ASSIGN_OR_RETURN(std::shared_ptr<Descriptor> moved, Remove(fd));
  // What closing says is lost, as it is with dup2.
  entries_[static_cast<size_t>(to)] = std::move(moved);
  return {};
}

}  // namespace wasijit::wasi
