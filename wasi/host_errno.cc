#include "wasi/host_errno.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace wasijit::wasi {
namespace {

constexpr int kHosts[] = {
#define ERRNO(name, number, text, host, meaning) host,
#include "wasi/errno.def"
};

constexpr size_t kHostErrnoLimit = 134;

constexpr std::array<Errno, kHostErrnoLimit> MakeTable() {
  std::array<Errno, kHostErrnoLimit> table;
  table.fill(Errno::kIo);
  for (uint16_t number = 0; number < std::size(kHosts); ++number) {
    table[static_cast<size_t>(kHosts[number])] = static_cast<Errno>(number);
  }
  // What rows without a host error wrote.
  table[0] = Errno::kSuccess;
  table[EFAULT] = Errno::kIo;
  return table;
}

constexpr std::array<Errno, kHostErrnoLimit> kTable = MakeTable();

}  // namespace

Errno ErrnoFromHost(int host_errno) {
  if (host_errno < 0 || static_cast<size_t>(host_errno) >= kHostErrnoLimit) {
    return Errno::kIo;
  }
  return kTable[static_cast<size_t>(host_errno)];
}

std::unexpected<Errno> HostError() {
  return std::unexpected(ErrnoFromHost(errno));
}

}  // namespace wasijit::wasi
