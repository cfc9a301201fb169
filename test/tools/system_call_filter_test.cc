#include "tools/system_call_filter.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

void Enter() {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!InstallSystemCallFilter().ok()) _exit(100);
}

// Whether filters work here at all: sanitizers and old kernels go without.
bool IsFiltered() {
  const pid_t child = fork();
  if (child == 0) {
    Enter();
    _exit(syscall(SYS_getppid) > 0 && socket(AF_INET, SOCK_STREAM, 0) < 0 ? 0
                                                                          : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

bool IsRefused(long result) { return result < 0 && errno == ENOSYS; }

#define EXPECT_IN_CHILD(number, condition) \
  if (!(condition)) _exit(number)

TEST(SystemCallFilterDeathTest, WhatReachesFurtherIsRefused) {
  if (!IsFiltered()) GTEST_SKIP() << "there are no filters here";
  EXPECT_EXIT(
      {
        Enter();
        EXPECT_IN_CHILD(1, IsRefused(socket(AF_INET, SOCK_STREAM, 0)));
        EXPECT_IN_CHILD(2, IsRefused(syscall(SYS_execve, "/bin/true", 0, 0)));
        EXPECT_IN_CHILD(3, IsRefused(ptrace(PTRACE_TRACEME, 0, 0, 0)));
        EXPECT_IN_CHILD(4, IsRefused(kill(getppid(), 0)));
        EXPECT_IN_CHILD(5, IsRefused(fork()));
        EXPECT_IN_CHILD(6, IsRefused(syscall(SYS_unshare, 0)));
        EXPECT_IN_CHILD(7, IsRefused(ioctl(0, TIOCSTI, "x")));
        EXPECT_IN_CHILD(8, IsRefused(syscall(SYS_tgkill, 1, 1, 0)));
        EXPECT_IN_CHILD(9, IsRefused(syscall(SYS_process_vm_readv, getppid(), 0,
                                             0, 0, 0, 0)));
        EXPECT_IN_CHILD(10, IsRefused(syscall(SYS_bpf, 0, 0, 0)));
        EXPECT_IN_CHILD(11, IsRefused(syscall(SYS_mount, 0, 0, 0, 0, 0)));
        EXPECT_IN_CHILD(12, IsRefused(syscall(SYS_io_uring_setup, 1, 0)));
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST(SystemCallFilterDeathTest, ThreadsMemoryAndFilesWork) {
  EXPECT_EXIT(
      {
        Enter();
        int value = 0;
        std::thread([&] { value = 1; }).join();
        EXPECT_IN_CHILD(1, value == 1);
        const size_t kSize = size_t{64} << 20;
        void* const memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        EXPECT_IN_CHILD(2, memory != MAP_FAILED);
        EXPECT_IN_CHILD(3, mprotect(memory, kSize, PROT_READ | PROT_EXEC) == 0);
        EXPECT_IN_CHILD(4, munmap(memory, kSize) == 0);
        EXPECT_IN_CHILD(5, memfd_create("code", MFD_CLOEXEC) >= 0);
        EXPECT_IN_CHILD(6, std::malloc(kSize) != nullptr);
        EXPECT_IN_CHILD(7, raise(0) == 0);
        _exit(0);
      },
      ExitedWithCode(0), "");
}

TEST(SystemCallFilterDeathTest, TheProcessCanStillEndItself) {
  EXPECT_EXIT(
      {
        Enter();
        abort();
      },
      KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace wasijit::tools
