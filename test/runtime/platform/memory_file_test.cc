#include "runtime/platform/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

TEST(MemoryFile, IsEmptySealableAndNotInherited) {
  const MemoryFile file = MemoryFile::Create();
  ASSERT_GE(file.fd(), 0);
  EXPECT_EQ(lseek(file.fd(), 0, SEEK_END), 0);
  EXPECT_EQ(fcntl(file.fd(), F_GET_SEALS), 0);
  EXPECT_EQ(fcntl(file.fd(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  EXPECT_NE(fcntl(file.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

// Written through one mapping, seen through an executable one.
TEST(MemoryFile, IsMappedWritableAndExecutableAndOutlivesItself) {
  constexpr size_t kSize = 4096;
  void* writable = MAP_FAILED;
  void* executable = MAP_FAILED;
  int fd = -1;
  {
    const MemoryFile file = MemoryFile::Create();
    fd = file.fd();
    ASSERT_EQ(ftruncate(fd, kSize), 0);
    writable = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    executable = mmap(nullptr, kSize, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
  }
  ASSERT_NE(writable, MAP_FAILED);
  ASSERT_NE(executable, MAP_FAILED);
  EXPECT_EQ(fcntl(fd, F_GETFD), -1);
  std::memcpy(writable, "code", 4);
  EXPECT_EQ(std::memcmp(executable, "code", 4), 0);
  munmap(writable, kSize);
  munmap(executable, kSize);
}

TEST(MemoryFile, ErrorsSayWhichCallFailedAndWhy) {
  errno = EPERM;
  EXPECT_THAT(CodeMemoryError("mmap"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("cannot make code executable"),
                             HasSubstr("mmap"), HasSubstr("not permitted"))));
}

}  // namespace
}  // namespace wasijit
