#include "wasi/host_errno.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace wasijit::wasi {
namespace {

TEST(HostErrnoTest, NumbersTranslate) {
  const struct {
    int host;
    Errno expected;
  } kCases[] = {
      {EPERM, Errno::kPerm},
      {ENOENT, Errno::kNoent},
      {EAGAIN, Errno::kAgain},
      {EWOULDBLOCK, Errno::kAgain},
      {ENOTSUP, Errno::kNotsup},
      {EOPNOTSUPP, Errno::kNotsup},
      {EXDEV, Errno::kXdev},
      {ENOTRECOVERABLE, Errno::kNotrecoverable},
      {EOVERFLOW, Errno::kOverflow},
      {EDQUOT, Errno::kDquot},
      {ENOTEMPTY, Errno::kNotempty},
      {0, Errno::kSuccess},
      // What WASI has no word for.
      {EREMOTEIO, Errno::kIo},
      {EHWPOISON, Errno::kIo},
      {ENOTBLK, Errno::kIo},
      {-1, Errno::kIo},
      {1 << 30, Errno::kIo},
      // Reserved for the guest's own pointers.
      {EFAULT, Errno::kIo},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrnoFromHost(c.host), c.expected) << c.host;
  }
}

TEST(HostErrnoTest, TheLastFailureIsTaken) {
  errno = ENOSPC;
  const Result<int> result = HostError();
  EXPECT_EQ(result.error(), Errno::kNospc);
}

}  // namespace
}  // namespace wasijit::wasi
