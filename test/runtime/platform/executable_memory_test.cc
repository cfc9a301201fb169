#include "runtime/platform/executable_memory.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/runtime/arch_code.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using testing::ExitedWithCode;
using testing::KilledBySignal;

constexpr size_t kDataOffset = 65536;

// Code that adds, and data behind it.
std::vector<uint8_t> AddCode() {
  std::vector<uint8_t> bytes(wasijit_test_begin, wasijit_test_text_end);
  bytes.resize(kDataOffset + 3);
  bytes[kDataOffset + 2] = 99;
  return bytes;
}

// The code has no type information in front of it that could be checked.
__attribute__((no_sanitize("function"))) uint32_t
CallAdd(const ExecutableMemory& memory, uint32_t a, uint32_t b) {
  // Arguments and result lie as in the C convention.
  const auto add = reinterpret_cast<uint32_t (*)(uint64_t, uint64_t)>(
      reinterpret_cast<uintptr_t>(memory.text()) +
      static_cast<uintptr_t>(wasijit_test_add - wasijit_test_begin));
  return add(a, b);
}

TEST(ExecutableMemoryTest, RunsTextAndReadsData) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory memory,
                       ExecutableMemory::Create(AddCode(), kDataOffset));
  EXPECT_EQ(CallAdd(memory, 40, 2), 42u);
  EXPECT_EQ(memory.text()[kDataOffset + 2], 99);
}

TEST(ExecutableMemoryTest, NothingIsTextOnlyIsFine) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory nothing,
                       ExecutableMemory::Create({}, 0));
  EXPECT_EQ(nothing.size(), 0u);
  const std::vector<uint8_t> text(wasijit_test_begin, wasijit_test_text_end);
  ASSERT_OK_AND_ASSIGN(ExecutableMemory memory,
                       ExecutableMemory::Create(text, kDataOffset));
  EXPECT_EQ(CallAdd(memory, 1, 2), 3u);
}

// Permissions such as "r-xp" of the mapping that contains the address.
std::string Permissions(const uint8_t* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    uintptr_t begin;
    uintptr_t end;
    char dash;
    std::string permissions;
    fields >> std::hex >> begin >> dash >> end >> permissions;
    const auto place = reinterpret_cast<uintptr_t>(address);
    if (begin <= place && place < end) return permissions;
  }
  return "";
}

TEST(ExecutableMemoryTest, NothingIsEverWritable) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory memory,
                       ExecutableMemory::Create(AddCode(), kDataOffset));
  EXPECT_EQ(Permissions(memory.text()), "r-xp");
  EXPECT_EQ(Permissions(memory.text() + kDataOffset), "r--p");
}

TEST(ExecutableMemoryDeathTest, WritesAndJumpsIntoDataFault) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory memory,
                       ExecutableMemory::Create(AddCode(), kDataOffset));
  const auto write = [](const uint8_t* address) {
    test::LetFaultsKill();
    *const_cast<volatile uint8_t*>(const_cast<uint8_t*>(address)) = 1;
  };
  EXPECT_EXIT(write(memory.text()), KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(write(memory.text() + kDataOffset), KilledBySignal(SIGSEGV), "");
  const auto jump =
      [](const uint8_t* address) __attribute__((no_sanitize("function"))) {
        test::LetFaultsKill();
        reinterpret_cast<void (*)()>(reinterpret_cast<uintptr_t>(address))();
      };
  EXPECT_EXIT(jump(memory.text() + kDataOffset), KilledBySignal(SIGSEGV), "");
}

TEST(ExecutableMemoryDeathTest, WorksWhereNothingMayBecomeExecutable) {
  // PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN; Linux 6.3.
  constexpr int kSetMdwe = 65;
  constexpr unsigned long kRefuseExecGain = 1;
  const bool is_supported = prctl(kSetMdwe + 1, 0, 0, 0, 0) >= 0;
  if (!is_supported) GTEST_SKIP() << "this kernel has no PR_SET_MDWE";
  EXPECT_EXIT(
      {
        if (prctl(kSetMdwe, kRefuseExecGain, 0, 0, 0) != 0) _exit(1);
        auto memory = ExecutableMemory::Create(AddCode(), kDataOffset);
        if (!memory.ok()) _exit(2);
        _exit(static_cast<int>(CallAdd(*memory, 40, 2)));
      },
      ExitedWithCode(42), "");
}

}  // namespace
}  // namespace wasijit
