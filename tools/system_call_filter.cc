#include "tools/system_call_filter.h"

#include <linux/audit.h>
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
#include <map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
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

// A program for the kernel's packet filter, which looks a call up by bisection:
// the kernel runs it once for every number there is when it is installed.
class FilterProgram {
 public:
  void Allow(long number) { Add(number, {Return(SECCOMP_RET_ALLOW)}); }

  // If the argument is one of the values.
  void AllowFor(long number, int argument,
                std::initializer_list<uint32_t> values) {
    Add(number, Check(argument, BPF_JEQ, values));
  }

  // If the argument has all of the bits, one of which `bit` is.
  void AllowWithBit(long number, int argument, uint32_t bit) {
    Add(number, Check(argument, BPF_JSET, {bit}));
  }

  std::vector<sock_filter> Finish() && {
    code_ = {Load(offsetof(seccomp_data, arch)),
             Jump(BPF_JEQ, kArchitecture, 1), Return(SECCOMP_RET_KILL_PROCESS),
             Load(offsetof(seccomp_data, nr))};
    EmitSearch(Ranges());
    return std::move(code_);
  }

 private:
  using Code = std::vector<sock_filter>;
  // Numbers that are treated alike: up to where the next range starts.
  struct Range {
    uint32_t start;
    Code code;
  };

  static sock_filter Load(uint32_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
  }
  static sock_filter Return(uint32_t action) {
    return BPF_STMT(BPF_RET | BPF_K, action);
  }
  // Skips `count` instructions if the comparison holds.
  static sock_filter Jump(uint16_t comparison, uint32_t value, uint8_t count) {
    return {static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), count, 0,
            value};
  }

  static sock_filter JumpUnless(uint16_t comparison, uint32_t value,
                                uint8_t count) {
    return {static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), 0, count,
            value};
  }

  static Code Check(int argument, uint16_t comparison,
                    std::initializer_list<uint32_t> values) {
    Code code = {Load(ArgumentOffset(argument))};
    auto left = static_cast<uint8_t>(values.size());
    for (const uint32_t value : values) {
      code.push_back(Jump(comparison, value, left--));
    }
    code.push_back(Return(kRefuse));
    code.push_back(Return(SECCOMP_RET_ALLOW));
    return code;
  }

  void Add(long number, Code code) {
    calls_[static_cast<uint32_t>(number)] = std::move(code);
  }

  // All numbers, those that nothing is said of included.
  std::vector<Range> Ranges() const {
    std::vector<Range> ranges;
    uint32_t next = 0;
    const auto append = [&](uint32_t start, const Code& code) {
      const bool is_like_last = !ranges.empty() && code.size() == 1 &&
                                ranges.back().code.size() == 1 &&
                                ranges.back().code[0].k == code[0].k;
      if (!is_like_last) ranges.push_back({start, code});
      next = start + 1;
    };
    for (const auto& [number, code] : calls_) {
      if (number != next) append(next, {Return(kRefuse)});
      append(number, code);
    }
    append(next, {Return(kRefuse)});
    return ranges;
  }

  void EmitSearch(absl::Span<const Range> ranges) {
    if (ranges.size() == 1) {
      code_.insert(code_.end(), ranges[0].code.begin(), ranges[0].code.end());
      return;
    }
    const absl::Span<const Range> below = ranges.first(ranges.size() / 2);
    const absl::Span<const Range> rest = ranges.subspan(below.size());
    // Conditional jumps do not reach far, others do.
    code_.push_back(JumpUnless(BPF_JGE, rest[0].start, 1));
    const size_t jump = code_.size();
    code_.push_back(BPF_STMT(BPF_JMP | BPF_JA, 0));
    EmitSearch(below);
    code_[jump].k = static_cast<uint32_t>(code_.size() - jump - 1);
    EmitSearch(rest);
  }

  std::map<uint32_t, Code> calls_;
  Code code_;
};

}  // namespace

std::vector<sock_filter> SystemCallProgram() {
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

absl::Status InstallSystemCallFilter() {
  if (kIsSanitized) return absl::OkStatus();
  std::vector<sock_filter> code = SystemCallProgram();
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
