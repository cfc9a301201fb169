// The guest's file descriptors.
#ifndef WASIJIT_WASI_FD_TABLE_H_
#define WASIJIT_WASI_FD_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "wasi/descriptor.h"
#include "wasi/errno.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// Not synchronised. Descriptors stay where they are until they are removed, and
// live on while somebody shares them.
class FdTable {
 public:
  // Holds at most `limit` descriptors.
  explicit FdTable(uint32_t limit) : limit_(limit) {}

  // Under the lowest free number, which programs that redirect their standard
  // streams by closing and opening rely on. kMfile if the table is full.
  Result<Fd> Insert(Descriptor descriptor);

  // kBadf if there is none.
  Result<Descriptor*> Find(Fd fd) const {
    const auto index = static_cast<size_t>(fd);
    if (index >= entries_.size() || !entries_[index]) {
      return std::unexpected(Errno::kBadf);
    }
    return entries_[index].get();
  }

  // Also kNotcapable if it lacks one of the rights.
  Result<Descriptor*> Find(Fd fd, Rights rights) const {
    Result<Descriptor*> found = Find(fd);
    if (found && !HasAll((*found)->rights, rights)) {
      return std::unexpected(Errno::kNotcapable);
    }
    return found;
  }

  // Takes the descriptor out. kBadf if there is none.
  Result<std::shared_ptr<Descriptor>> Remove(Fd fd);

  // Moves `fd` to the number `to`, whose descriptor is closed. kBadf unless
  // both exist.
  Result<void> Renumber(Fd fd, Fd to);

 private:
  uint32_t limit_;
  std::vector<std::shared_ptr<Descriptor>> entries_;
  // No lower number is free.
  size_t lowest_ = 0;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_FD_TABLE_H_
