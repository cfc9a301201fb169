#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/instruction_runner.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::FunctionCode;
using ::wasijit::test::InstructionRunner;
using ::wasijit::test::OnParameters;
using ::wasijit::test::Op;
using ::wasijit::test::RunnableCpus;

constexpr uint64_t kOffset = 3;
// Unaligned.
constexpr uint32_t kIndex = 101;

V128 OldVector() {
  V128 vector;
  for (size_t i = 0; i < 16; ++i) vector.bytes[i] = uint8_t(0xe0 + i);
  return vector;
}

// Memory holds bytes on both sides of 128 everywhere.
uint8_t MemoryByte(size_t address) { return uint8_t(address * 37 + 11); }

template <typename T>
T Read(size_t address) {
  std::array<uint8_t, sizeof(T)> bytes;
  for (size_t i = 0; i < sizeof(T); ++i) bytes[i] = MemoryByte(address + i);
  return std::bit_cast<T>(bytes);
}

struct MemoryCase {
  Instruction instruction;
  V128 expected;
};

Instruction Access(Opcode opcode, size_t lane = 0) {
  Instruction instruction = Op(opcode);
  instruction.memarg.offset = kOffset;
  instruction.lane = static_cast<uint8_t>(lane);
  return instruction;
}

template <typename Wide, typename Narrow>
MemoryCase Extended(Opcode opcode) {
  std::array<Wide, 16 / sizeof(Wide)> lanes;
  for (size_t i = 0; i < lanes.size(); ++i) {
    lanes[i] = Read<Narrow>(kIndex + kOffset + i * sizeof(Narrow));
  }
  return {Access(opcode), V128::FromLanes<Wide>(lanes)};
}

template <typename T>
MemoryCase Splat(Opcode opcode) {
  std::array<T, 16 / sizeof(T)> lanes;
  lanes.fill(Read<T>(kIndex + kOffset));
  return {Access(opcode), V128::FromLanes<T>(lanes)};
}

template <typename T>
MemoryCase Zero(Opcode opcode) {
  return {Access(opcode), V128::FromLanes<T>({Read<T>(kIndex + kOffset)})};
}

template <typename T>
void AddLaneLoads(Opcode opcode, std::vector<MemoryCase>& tests) {
  for (size_t lane = 0; lane < 16 / sizeof(T); ++lane) {
    auto lanes = OldVector().Lanes<T>();
    lanes[lane] = Read<T>(kIndex + kOffset);
    tests.push_back({Access(opcode, lane), V128::FromLanes<T>(lanes)});
  }
}

// Runs `check` with every CPU and with little and all optimisation.
template <typename Check>
void ForEachRunner(const std::vector<FunctionCode>& functions, Check check) {
  for (const std::string& cpu : RunnableCpus()) {
    for (auto level : {OptimizationLevel::kNone, OptimizationLevel::kFull}) {
      InstructionRunner runner(functions, cpu, level);
      check(runner, absl::StrCat(" on ", cpu));
    }
  }
}

void FillMemory(InstructionRunner& runner) {
  for (size_t i = 0; i < InstructionRunner::kMemorySize; ++i) {
    runner.memory()[i] = MemoryByte(i);
  }
}

std::vector<V128> IndexAndVector() {
  return {V128::FromLanes<uint32_t>({kIndex, 0, 0, 0}), OldVector()};
}

TEST(VectorMemory, LoadsIntoLanes) {
  std::vector<MemoryCase> tests = {
      Extended<int16_t, int8_t>(Opcode::kV128Load8x8S),
      Extended<uint16_t, uint8_t>(Opcode::kV128Load8x8U),
      Extended<int32_t, int16_t>(Opcode::kV128Load16x4S),
      Extended<uint32_t, uint16_t>(Opcode::kV128Load16x4U),
      Extended<int64_t, int32_t>(Opcode::kV128Load32x2S),
      Extended<uint64_t, uint32_t>(Opcode::kV128Load32x2U),
      Splat<uint8_t>(Opcode::kV128Load8Splat),
      Splat<uint16_t>(Opcode::kV128Load16Splat),
      Splat<uint32_t>(Opcode::kV128Load32Splat),
      Splat<uint64_t>(Opcode::kV128Load64Splat),
      Zero<uint32_t>(Opcode::kV128Load32Zero),
      Zero<uint64_t>(Opcode::kV128Load64Zero),
  };
  AddLaneLoads<uint8_t>(Opcode::kV128Load8Lane, tests);
  AddLaneLoads<uint16_t>(Opcode::kV128Load16Lane, tests);
  AddLaneLoads<uint32_t>(Opcode::kV128Load32Lane, tests);
  AddLaneLoads<uint64_t>(Opcode::kV128Load64Lane, tests);

  std::vector<FunctionCode> functions;
  for (const MemoryCase& test : tests) {
    functions.push_back(OnParameters(test.instruction));
  }
  ForEachRunner(functions, [&](InstructionRunner& runner, std::string where) {
    FillMemory(runner);
    for (size_t i = 0; i < tests.size(); ++i) {
      EXPECT_EQ(ToString(Value::Vector(runner.Run(i, IndexAndVector())[0])),
                ToString(Value::Vector(tests[i].expected)))
          << tests[i].instruction.text() << where;
    }
  });
}

TEST(VectorMemory, StoresNothingButTheLane) {
  std::vector<FunctionCode> functions;
  std::vector<std::pair<Instruction, size_t>> stores;
  for (auto [opcode, size] : {std::pair(Opcode::kV128Store8Lane, 1),
                              std::pair(Opcode::kV128Store16Lane, 2),
                              std::pair(Opcode::kV128Store32Lane, 4),
                              std::pair(Opcode::kV128Store64Lane, 8)}) {
    for (int lane = 0; lane < 16 / size; ++lane) {
      stores.emplace_back(Access(opcode, lane), size);
      functions.push_back(OnParameters(stores.back().first));
    }
  }
  ForEachRunner(functions, [&](InstructionRunner& runner, std::string where) {
    for (size_t i = 0; i < stores.size(); ++i) {
      const auto& [store, size] = stores[i];
      FillMemory(runner);
      std::vector<uint8_t> expected(runner.memory().begin(),
                                    runner.memory().end());
      std::copy_n(&OldVector().bytes[store.lane * size], size,
                  &expected[kIndex + kOffset]);
      runner.Run(i, IndexAndVector());
      EXPECT_TRUE(
          std::equal(expected.begin(), expected.end(), runner.memory().begin()))
          << store.text() << where;
    }
  });
}

}  // namespace
}  // namespace wasijit::compiler
