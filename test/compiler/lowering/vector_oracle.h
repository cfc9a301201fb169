// Vector instructions against what the specification says of their lanes.
#ifndef WASIJIT_TEST_COMPILER_LOWERING_VECTOR_ORACLE_H_
#define WASIJIT_TEST_COMPILER_LOWERING_VECTOR_ORACLE_H_

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/compiler/lowering/instruction_runner.h"

namespace wasijit::test {

// Operands and results; scalars lie in the first bytes, the others are zero.
using Operands = absl::Span<const V128>;
// What a result may be. Relaxed instructions have several choices, from which
// each lane may come.
using Oracle = std::function<std::vector<V128>(Operands)>;

// How results are compared.
enum class LaneKind : uint8_t {
  kBits,
  // A NaN stands for any quiet NaN.
  kF32,
  kF64,
};

struct OracleCase {
  compiler::Instruction instruction;
  Oracle expected;
  LaneKind kind = LaneKind::kBits;
  // Bytes that come from one choice, if compared by bits.
  size_t lane_size = 16;
};

template <typename T>
concept Number = std::is_arithmetic_v<T>;

template <Number T>
constexpr LaneKind KindOf() {
  if constexpr (std::same_as<T, float>) return LaneKind::kF32;
  if constexpr (std::same_as<T, double>) return LaneKind::kF64;
  return LaneKind::kBits;
}

template <Number T>
using LanesOf = std::array<T, 16 / sizeof(T)>;

// The bits of a float as they are: passing floats may quieten a NaN.
template <Number T>
using BitsOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <Number T>
bool IsNan(T x) {
  return x != x;
}

template <Number Narrow, Number Wide>
Narrow Saturate(Wide x) {
  constexpr Wide kMin = std::numeric_limits<Narrow>::min();
  constexpr Wide kMax = std::numeric_limits<Narrow>::max();
  return static_cast<Narrow>(std::clamp(x, kMin, kMax));
}

inline V128 ScalarVector(uint64_t bits) {
  return V128::FromLanes<uint64_t>({bits, 0});
}

// One lane of T from each operand's lane; further operands are passed whole
// when `f` takes them as V128.
template <Number T, typename F>
OracleCase Lanewise(compiler::Opcode opcode, F f) {
  return {Op(opcode),
          [f](Operands x) {
            const auto a = x[0].Lanes<T>();
            LanesOf<T> result;
            for (size_t i = 0; i < result.size(); ++i) {
              if constexpr (std::is_invocable_v<F, T>) {
                result[i] = static_cast<T>(f(a[i]));
              } else if constexpr (std::is_invocable_v<F, T, V128>) {
                result[i] = static_cast<T>(f(a[i], x[1]));
              } else if constexpr (std::is_invocable_v<F, T, T>) {
                result[i] = static_cast<T>(f(a[i], x[1].Lanes<T>()[i]));
              } else {
                result[i] = static_cast<T>(
                    f(a[i], x[1].Lanes<T>()[i], x[2].Lanes<T>()[i]));
              }
            }
            return std::vector<V128>{V128::FromLanes<T>(result)};
          },
          KindOf<T>(), sizeof(T)};
}

// A case whose function makes the whole result.
template <typename F>
OracleCase Whole(const compiler::Instruction& instruction, F f,
                 LaneKind kind = LaneKind::kBits) {
  return {instruction, [f](Operands x) { return std::vector<V128>{f(x)}; },
          kind};
}
template <typename F>
OracleCase Whole(compiler::Opcode opcode, F f,
                 LaneKind kind = LaneKind::kBits) {
  return Whole(Op(opcode), f, kind);
}

// Every pair of the values in the same lane of two operands.
template <Number T, size_t N>
void AddPairs(const std::array<T, N>& values,
              std::vector<std::array<V128, 3>>& operands) {
  constexpr size_t kLanes = 16 / sizeof(T);
  for (size_t first = 0; first < N * N; first += kLanes) {
    LanesOf<T> a, b, c;
    for (size_t i = 0; i < kLanes; ++i) {
      a[i] = values[(first + i) / N % N];
      b[i] = values[(first + i) % N];
      c[i] = values[(first * 7 + i * 3 + 1) % N];
    }
    operands.push_back(
        {V128::FromLanes<T>(a), V128::FromLanes<T>(b), V128::FromLanes<T>(c)});
  }
}

// The bits of floats where something changes: zeros, NaNs, infinities,
// halves, and the limits of the integers.
template <typename F>
auto InterestingFloats() {
  using Bits = BitsOf<F>;
  constexpr Bits kQuiet = Bits{1} << (std::numeric_limits<F>::digits - 2);
  const auto bits = [](double x) { return std::bit_cast<Bits>(F(x)); };
  const Bits infinity = bits(std::numeric_limits<double>::infinity());
  const Bits two_31 = bits(0x1p31);
  const Bits two_32 = bits(0x1p32);
  const Bits sign = Bits{1} << (sizeof(F) * 8 - 1);
  return std::array<Bits, 34>{0,
                              sign,
                              1,
                              sign | 1,
                              bits(1),
                              bits(-1),
                              bits(0.5),
                              bits(-0.5),
                              bits(1.5),
                              bits(-1.5),
                              bits(2.5),
                              bits(-2.5),
                              bits(0.75),
                              bits(-0.75),
                              infinity,
                              infinity ^ sign,
                              infinity | kQuiet,
                              infinity | kQuiet | sign,
                              infinity | 1,
                              infinity | sign | 1,
                              infinity | kQuiet | 5,
                              two_31,
                              two_31 - 1,
                              two_31 + 1,
                              two_31 ^ sign,
                              (two_31 + 1) ^ sign,
                              (two_31 - 1) ^ sign,
                              two_32,
                              two_32 - 1,
                              two_32 + 1,
                              two_32 ^ sign,
                              bits(2147483647.75),
                              bits(4294967295.75),
                              bits(1e30)};
}

// Operands for any vector instruction.
inline const std::vector<std::array<V128, 3>>& AllOperands() {
  static const auto& operands = *new auto([] {
    std::vector<std::array<V128, 3>> all;
    AddPairs(std::array<uint8_t, 14>{0, 1, 2, 0x0f, 0x10, 0x55, 0x7e, 0x7f,
                                     0x80, 0x81, 0xaa, 0xf0, 0xfe, 0xff},
             all);
    AddPairs(
        std::array<uint16_t, 13>{0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7ffe, 0x7fff,
                                 0x8000, 0x8001, 0xff7f, 0xff80, 0xffff},
        all);
    AddPairs(
        std::array<uint32_t, 13>{0, 1, 0x7fff, 0x8000, 0xffff, 0x10000,
                                 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001,
                                 0xffff7fff, 0xffff8000, 0xffffffff},
        all);
    AddPairs(std::array<uint64_t, 9>{0, 1, 0x7fffffff, 0x80000000, 0xffffffff,
                                     0x7fffffffffffffff, 0x8000000000000000,
                                     0x8000000000000001, ~uint64_t{0}},
             all);
    AddPairs(InterestingFloats<float>(), all);
    AddPairs(InterestingFloats<double>(), all);
    std::mt19937_64 random(1);
    for (int i = 0; i < 200; ++i) {
      std::array<V128, 3> random_operands;
      for (V128& operand : random_operands) {
        operand = V128::FromLanes<uint64_t>({random(), random()});
      }
      all.push_back(random_operands);
    }
    return all;
  }());
  return operands;
}

// The operands for an instruction: scalars have zeros beyond their bytes.
inline std::vector<V128> OperandsFor(const compiler::Instruction& instruction,
                                     const std::array<V128, 3>& vectors) {
  std::vector<V128> operands;
  const compiler::Signature& signature = instruction.info().signature;
  for (size_t i = 0; i < signature.operand_count; ++i) {
    const uint64_t low = vectors[i].Lanes<uint64_t>()[0];
    switch (signature.operands[i]) {
      case 'v':
        operands.push_back(vectors[i]);
        break;
      case 'l':
      case 'd':
        operands.push_back(ScalarVector(low));
        break;
      default:
        operands.push_back(ScalarVector(static_cast<uint32_t>(low)));
    }
  }
  return operands;
}

template <Number T>
bool LanesMatch(const V128& found, absl::Span<const V128> choices) {
  using Bits = BitsOf<T>;
  constexpr int kMantissa = std::numeric_limits<T>::digits - 1;
  const auto lanes = found.Lanes<Bits>();
  for (size_t i = 0; i < lanes.size(); ++i) {
    const bool is_quiet = lanes[i] >> (kMantissa - 1) & 1;
    const T value = std::bit_cast<T>(lanes[i]);
    if (std::none_of(choices.begin(), choices.end(), [&](const V128& choice) {
          const Bits expected = choice.Lanes<Bits>()[i];
          return lanes[i] == expected || (IsNan(std::bit_cast<T>(expected)) &&
                                          IsNan(value) && is_quiet);
        })) {
      return false;
    }
  }
  return true;
}

inline bool BitsMatch(const V128& found, absl::Span<const V128> choices,
                      size_t lane_size) {
  for (size_t i = 0; i < found.bytes.size(); i += lane_size) {
    if (std::none_of(choices.begin(), choices.end(), [&](const V128& choice) {
          return std::equal(&choice.bytes[i], &choice.bytes[i] + lane_size,
                            &found.bytes[i]);
        })) {
      return false;
    }
  }
  return true;
}

inline bool Matches(const OracleCase& test, const V128& found,
                    absl::Span<const V128> choices) {
  switch (test.kind) {
    case LaneKind::kF32:
      return LanesMatch<float>(found, choices);
    case LaneKind::kF64:
      return LanesMatch<double>(found, choices);
    case LaneKind::kBits:
      return BitsMatch(found, choices, test.lane_size);
  }
}

inline std::string VectorText(const V128& vector) {
  return ToString(Value::Vector(vector));
}

inline void ExpectMatch(const OracleCase& test, Operands operands,
                        const V128& found, const std::string& how) {
  const std::vector<V128> choices = test.expected(operands);
  if (Matches(test, found, choices)) return;
  std::string message = absl::StrCat(test.instruction.text(), ", ", how);
  for (const V128& operand : operands) {
    absl::StrAppend(&message, "\n  operand  ", VectorText(operand));
  }
  for (const V128& choice : choices) {
    absl::StrAppend(&message, "\n  expected ", VectorText(choice));
  }
  ADD_FAILURE() << message << "\n  found    " << VectorText(found);
}

// Runs the instructions on all operands, for every CPU, with little and with
// all optimisation.
inline void ExpectOnParameters(absl::Span<const OracleCase> tests) {
  std::vector<FunctionCode> functions;
  for (const OracleCase& test : tests) {
    functions.push_back(OnParameters(test.instruction));
  }
  for (const std::string& cpu : RunnableCpus()) {
    for (auto level : {compiler::OptimizationLevel::kNone,
                       compiler::OptimizationLevel::kFull}) {
      InstructionRunner runner(functions, cpu, level);
      for (size_t i = 0; i < tests.size(); ++i) {
        for (const auto& vectors : AllOperands()) {
          const auto operands = OperandsFor(tests[i].instruction, vectors);
          ExpectMatch(tests[i], operands, runner.Run(i, operands)[0],
                      absl::StrCat(cpu, ", level ", static_cast<int>(level)));
        }
      }
    }
  }
}

// Has LLVM evaluate the instructions on some operands.
inline void ExpectOnConstants(absl::Span<const OracleCase> tests) {
  std::vector<FunctionCode> functions;
  std::vector<std::pair<const OracleCase*, std::vector<V128>>> applied;
  for (const OracleCase& test : tests) {
    for (size_t i = 0; i < AllOperands().size(); i += 41) {
      applied.emplace_back(&test,
                           OperandsFor(test.instruction, AllOperands()[i]));
      functions.push_back(OnConstants(test.instruction, applied.back().second));
    }
  }
  for (const char* cpu : {"baseline", "native"}) {
    InstructionRunner runner(functions, cpu,
                             compiler::OptimizationLevel::kFull);
    for (size_t i = 0; i < functions.size(); ++i) {
      ExpectMatch(*applied[i].first, applied[i].second, runner.Run(i, {})[0],
                  absl::StrCat(cpu, ", on constants"));
    }
  }
}

inline void ExpectAll(absl::Span<const OracleCase> tests) {
  ExpectOnParameters(tests);
  ExpectOnConstants(tests);
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_COMPILER_LOWERING_VECTOR_ORACLE_H_
