#include "compiler/lowering/wide_arithmetic.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

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

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

Wide Join(uint64_t low, uint64_t high) { return Wide{high} << 64 | low; }

Wide Add(const uint64_t* x) { return Join(x[0], x[1]) + Join(x[2], x[3]); }
Wide Subtract(const uint64_t* x) { return Join(x[0], x[1]) - Join(x[2], x[3]); }
Wide MultiplySigned(const uint64_t* x) {
  return static_cast<Wide>(SignedWide{static_cast<int64_t>(x[0])} *
                           SignedWide{static_cast<int64_t>(x[1])});
}
Wide MultiplyUnsigned(const uint64_t* x) { return Wide{x[0]} * Wide{x[1]}; }

struct WideCase {
  Opcode opcode;
  Wide (*expected)(const uint64_t* operands);
};

TEST(WideArithmetic, GivesBothHalves) {
  constexpr WideCase kCases[] = {
      {Opcode::kI64Add128, Add},
      {Opcode::kI64Sub128, Subtract},
      {Opcode::kI64MulWideS, MultiplySigned},
      {Opcode::kI64MulWideU, MultiplyUnsigned},
  };
  constexpr uint64_t kValues[] = {0,
                                  1,
                                  0x80000000,
                                  0xffffffff,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0x123456789abcdef0,
                                  ~uint64_t{0}};
  constexpr size_t kCount = std::size(kValues);
  std::vector<FunctionCode> functions;
  for (const WideCase& test : kCases) {
    functions.push_back(OnParameters(Op(test.opcode)));
  }
  for (auto level : {OptimizationLevel::kNone, OptimizationLevel::kFull}) {
    InstructionRunner runner(functions, "native", level);
    for (size_t i = 0; i < std::size(kCases); ++i) {
      for (size_t n = 0; n < kCount * kCount * kCount * kCount; ++n) {
        const uint64_t x[] = {kValues[n % kCount], kValues[n / kCount % kCount],
                              kValues[n / kCount / kCount % kCount],
                              kValues[n / kCount / kCount / kCount]};
        std::vector<V128> operands;
        for (uint64_t word : x) {
          operands.push_back(V128::FromLanes<uint64_t>({word, 0}));
        }
        const std::vector<V128> found = runner.Run(i, operands);
        const Wide expected = kCases[i].expected(x);
        ASSERT_TRUE(Join(found[0].Lanes<uint64_t>()[0],
                         found[1].Lanes<uint64_t>()[0]) == expected)
            << Op(kCases[i].opcode).text() << " of " << x[0] << " " << x[1]
            << " " << x[2] << " " << x[3];
      }
    }
  }
}

}  // namespace
}  // namespace wasijit::compiler
