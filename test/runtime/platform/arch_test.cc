#include "runtime/platform/arch.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/trap.h"
#include "runtime/platform/executable_memory.h"
#include "test/runtime/image_builder.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

TEST(DecodeTrapInstructionTest, KnowsTheCompilersTrapsAndNothingElse) {
  for (uint32_t i = 0; i < 32; ++i) {
    const uint8_t* const code = wasijit_test_traps + 16 * i;
    EXPECT_EQ(DecodeTrapInstruction(code, 16), TrapKindFromEncoding(i));
    // It must not read beyond what is available.
    EXPECT_EQ(DecodeTrapInstruction(code, 3), std::nullopt);
  }
  EXPECT_EQ(DecodeTrapInstruction(wasijit_test_add, 16), std::nullopt);
}

absl::StatusOr<ExecutableMemory> LoadTestCode() {
  return ExecutableMemory::Create(
      std::vector<uint8_t>(wasijit_test_begin, wasijit_test_end),
      kImageSegmentAlignment);
}

TEST(EnterWasmTest, RunsOnTheGivenStackAndReturnsAllResults) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory code, LoadTestCode());
  alignas(16) static uint8_t stack[4096];
  for (void* wasm_stack : {static_cast<void*>(nullptr),
                           static_cast<void*>(stack + sizeof(stack))}) {
    std::memset(stack, 0, sizeof(stack));
    RegisterFile registers = {};
    registers.integers[0] = 30;
    registers.integers[1] = 12;
    Activation activation;
    activation.wasm_stack = wasm_stack;
    EXPECT_TRUE(
        WasijitEnterWasm(code.text() + (wasijit_test_add - wasijit_test_begin),
                         nullptr, &registers, &activation));
    EXPECT_EQ(registers.integers[0], 42u);
    bool is_used = false;
    for (const uint8_t byte : stack) is_used |= byte != 0;
    EXPECT_EQ(is_used, wasm_stack != nullptr);
  }
}

TEST(EnterWasmTest, EveryVectorRegisterArrives) {
  ASSERT_OK_AND_ASSIGN(ExecutableMemory code, LoadTestCode());
  RegisterFile registers = {};
  for (int i = 0; i < 3; ++i) std::memset(registers.vectors[i], i + 1, 16);
  Activation activation;
  ASSERT_TRUE(WasijitEnterWasm(
      code.text() + (wasijit_test_rotate_vectors - wasijit_test_begin), nullptr,
      &registers, &activation));
  EXPECT_EQ(registers.vectors[0][15], 2);
  EXPECT_EQ(registers.vectors[1][15], 3);
  EXPECT_EQ(registers.vectors[2][15], 1);
}

TEST(HostHasCpuFeatureTest, AgreesWithTheSystem) {
  std::ifstream file("/proc/cpuinfo");
  std::string flags;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("flags") || line.starts_with("Features")) {
      flags = line + " ";
      break;
    }
  }
  ASSERT_NE(flags, "");
  const struct {
    const char* name;
    const char* system_name;
  } kNames[] = {
      // x86-64
      {"sse4.1", "sse4_1"},
      {"sse4.2", "sse4_2"},
      {"popcnt", "popcnt"},
      {"avx", "avx"},
      {"avx2", "avx2"},
      {"bmi", "bmi1"},
      {"bmi2", "bmi2"},
      {"lzcnt", "abm"},
      {"fma", "fma"},
      {"movbe", "movbe"},
      {"f16c", "f16c"},
      {"avx512f", "avx512f"},
      {"avx512bw", "avx512bw"},
      {"avx512vl", "avx512vl"},
      {"avx512dq", "avx512dq"},
      {"avx512cd", "avx512cd"},
      {"avx512vbmi", "avx512vbmi"},
      {"avx512vbmi2", "avx512_vbmi2"},
      {"avx512vnni", "avx512_vnni"},
      {"avx512bitalg", "avx512_bitalg"},
      {"avx512vpopcntdq", "avx512_vpopcntdq"},
      {"gfni", "gfni"},
      {"avxvnni", "avx_vnni"},
      {"avx512fp16", "avx512_fp16"},
      // AArch64
      {"lse", "atomics"},
      {"dotprod", "asimddp"},
      {"fullfp16", "asimdhp"},
      {"rdm", "asimdrdm"},
      {"i8mm", "i8mm"},
      {"rcpc", "lrcpc"},
  };
  for (const auto& row : kNames) {
    const bool expected = flags.find(std::string(" ") + row.system_name +
                                     " ") != std::string::npos;
    EXPECT_EQ(HostHasCpuFeature(row.name), expected) << row.name;
  }
  EXPECT_FALSE(HostHasCpuFeature("no such feature"));
}

}  // namespace
}  // namespace wasijit
