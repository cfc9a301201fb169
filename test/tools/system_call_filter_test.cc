#include "tools/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
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
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/platform/arch.h"
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

// What a program for the kernel's packet filter returns for a call.
uint32_t Evaluate(const std::vector<sock_filter>& program,
                  const seccomp_data& call, int* steps = nullptr) {
  uint32_t accumulator = 0;
  for (size_t at = 0;; ++at) {
    const sock_filter& instruction = program.at(at);
    if (steps != nullptr) ++*steps;
    const uint32_t k = instruction.k;
    bool holds = false;
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + k,
                    sizeof(accumulator));
        continue;
      case BPF_RET | BPF_K:
        return k;
      case BPF_JMP | BPF_JA:
        at += k;
        continue;
      case BPF_JMP | BPF_JEQ | BPF_K:
        holds = accumulator == k;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        holds = accumulator >= k;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        holds = (accumulator & k) != 0;
        break;
      default:
        ADD_FAILURE() << "instruction " << instruction.code;
        return 0;
    }
    at += holds ? instruction.jt : instruction.jf;
  }
}

constexpr uint32_t kArchitecture =
    kHostInstructionSet == InstructionSet::kX86_64 ? AUDIT_ARCH_X86_64
                                                   : AUDIT_ARCH_AARCH64;
constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | ENOSYS;

seccomp_data CallOf(long number, uint32_t architecture = kArchitecture) {
  seccomp_data call = {};
  call.nr = static_cast<int>(number);
  call.arch = architecture;
  return call;
}

TEST(SystemCallProgram, AllowsWhatTheTableNamesAndNothingElse) {
  const std::set<long> named = {
#define SYSTEM_CALL(name) SYS_##name,
#include "tools/system_calls.def"
  };
  const std::set<long> conditional = {SYS_clone, SYS_ioctl, SYS_prctl,
                                      SYS_prlimit64, SYS_tgkill};
  const std::vector<sock_filter> program = SystemCallProgram();
  // Beyond the numbers that there are, too, and those of other interfaces.
  for (const int base : {0, 0x40000000, INT_MIN}) {
    for (int i = 0; i < 1000; ++i) {
      const int number = base + i;
      if (conditional.contains(number)) continue;
      int steps = 0;
      const uint32_t result = Evaluate(program, CallOf(number), &steps);
      EXPECT_EQ(result, named.contains(number) ? SECCOMP_RET_ALLOW : kRefuse)
          << number;
      // The kernel asks for every number when the filter is installed.
      EXPECT_LE(steps, 25) << number;
    }
  }
  EXPECT_EQ(Evaluate(program, CallOf(SYS_read, AUDIT_ARCH_I386)),
            SECCOMP_RET_KILL_PROCESS);
}

TEST(SystemCallProgram, LooksAtArguments) {
  const std::vector<sock_filter> program = SystemCallProgram();
  struct Case {
    long number;
    int argument;
    uint64_t value;
    bool is_allowed;
  };
  const Case cases[] = {
      {SYS_clone, 0, CLONE_VM | CLONE_THREAD, true},
      {SYS_clone, 0, SIGCHLD, false},
      {SYS_ioctl, 1, FIONREAD, true},
      {SYS_ioctl, 1, TIOCGWINSZ, true},
      {SYS_ioctl, 1, TIOCSTI, false},
      {SYS_prctl, 0, PR_SET_NAME, true},
      {SYS_prctl, 0, PR_SET_SECCOMP, false},
      {SYS_prlimit64, 0, 0, true},
      {SYS_prlimit64, 0, 1, false},
      {SYS_tgkill, 0, static_cast<uint64_t>(getpid()), true},
      {SYS_tgkill, 0, 1, false},
  };
  for (const Case& test : cases) {
    seccomp_data call = CallOf(test.number);
    call.args[test.argument] = test.value;
    EXPECT_EQ(Evaluate(program, call),
              test.is_allowed ? SECCOMP_RET_ALLOW : kRefuse)
        << test.number << " with " << test.value;
  }
}

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
  const bool is_filtered = IsFiltered();
  EXPECT_EXIT(
      {
        Enter();
        int value = 0;
        bool is_refused = !is_filtered;
        std::thread([&] {
          value = 1;
          is_refused |= socket(AF_INET, SOCK_STREAM, 0) < 0;
        }).join();
        EXPECT_IN_CHILD(1, value == 1);
        EXPECT_IN_CHILD(8, is_refused);
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
