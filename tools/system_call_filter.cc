#include "tools/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "runtime/platform/arch.h"

namespace wasijit::tools {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
#else
constexpr bool kIsSanitized = false;
#endif

constexpr uint32_t kArchitecture =
    kHostInstructionSet == InstructionSet::kX86_64 ? AUDIT_ARCH_X86_64
                                                   : AUDIT_ARCH_AARCH64;
constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | ENOSYS;

// The lower half of an argument, on a little-endian machine.
constexpr uint32_t ArgumentOffset(int index) {
  return offsetof(seccomp_data, args) +
         static_cast<uint32_t>(index) * sizeof(uint64_t);
}

// A program for the kernel's packet filter.
class FilterProgram {
 public:
  FilterProgram() {
    Load(offsetof(seccomp_data, arch));
    SkipUnless(BPF_JEQ, kArchitecture, 1);
    Skip(1);
    Return(SECCOMP_RET_KILL_PROCESS);
    Load(offsetof(seccomp_data, nr));
  }

  void Allow(long number) {
    SkipUnless(BPF_JEQ, static_cast<uint32_t>(number), 1);
    Return(SECCOMP_RET_ALLOW);
  }

  // If the argument is one of the values.
  void AllowFor(long number, int argument,
                std::initializer_list<uint32_t> values) {
    Check(number, argument, BPF_JEQ, values);
  }

  // If the argument has all of the bits, one of which `bit` is.
  void AllowWithBit(long number, int argument, uint32_t bit) {
    Check(number, argument, BPF_JSET, {bit});
  }

  std::vector<sock_filter> Finish() && {
    Return(kRefuse);
    return std::move(code_);
  }

 private:
  void Check(long number, int argument, uint16_t comparison,
             std::initializer_list<uint32_t> values) {
    // The load, two for each value, and the refusal.
    SkipUnless(BPF_JEQ, static_cast<uint32_t>(number),
               static_cast<uint8_t>(2 * values.size() + 2));
    Load(ArgumentOffset(argument));
    for (const uint32_t value : values) {
      SkipUnless(comparison, value, 1);
      Return(SECCOMP_RET_ALLOW);
    }
    Return(kRefuse);
  }

  void Load(uint32_t offset) {
    code_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
  }
  void Skip(uint32_t count) {
    code_.push_back(BPF_STMT(BPF_JMP | BPF_JA, count));
  }
  void SkipUnless(uint16_t comparison, uint32_t value, uint8_t count) {
    code_.push_back(sock_filter{
        static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), 0, count, value});
  }
  void Return(uint32_t action) {
    code_.push_back(BPF_STMT(BPF_RET | BPF_K, action));
  }

  std::vector<sock_filter> code_;
};

std::vector<sock_filter> MakeProgram() {
  FilterProgram program;
#define SYSTEM_CALL(name) program.Allow(SYS_##name);
#include "tools/system_calls.def"
  // Threads, but no processes. That clone3 is refused makes the C library fall
  // back to this, whose flags can be looked at.
  program.AllowWithBit(SYS_clone, 0, CLONE_THREAD);
  // Nothing that types for the user (TIOCSTI).
  program.AllowFor(SYS_ioctl, 1, {FIONREAD, FIONBIO, TCGETS, TIOCGWINSZ});
  program.AllowFor(SYS_prctl, 0, {PR_SET_NAME, PR_SET_VMA});
  program.AllowFor(SYS_prlimit64, 0, {0});
  // Signals to itself: that is how threads are interrupted, and how abort ends
  // the process.
  program.AllowFor(SYS_tgkill, 0, {static_cast<uint32_t>(getpid())});
  return std::move(program).Finish();
}

}  // namespace

absl::Status InstallSystemCallFilter() {
  if (kIsSanitized) return absl::OkStatus();
  std::vector<sock_filter> code = MakeProgram();
  const sock_fprog program = {static_cast<unsigned short>(code.size()),
                              code.data()};
  // Without the second flag older kernels slow down the whole process.
  const long result = syscall(
      SYS_seccomp, SECCOMP_SET_MODE_FILTER,
      SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
  if (result == 0 || errno == ENOSYS || errno == EINVAL || errno == EPERM) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(
      result > 0 ? EBUSY : errno,
      "cannot enter the sandbox (--sandbox=off goes without): seccomp");
}

}  // namespace wasijit::tools
