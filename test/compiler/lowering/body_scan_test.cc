#include "compiler/lowering/body_scan.h"

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::wasijit::test::ModuleFromWat;

// Offsets of the instructions of the first function with an opcode.
std::vector<uint32_t> OffsetsOf(const Module& module, Opcode opcode) {
  std::vector<uint32_t> offsets;
  InstructionReader reader(module, module.functions[0].body);
  Instruction instruction;
  while (reader.Next(instruction)) {
    if (instruction.opcode == opcode) offsets.push_back(instruction.offset);
  }
  return offsets;
}

TEST(BodyScan, ListsParametersThenLocals) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(R"(
    (module
      (func (param i32 f64) (local i64 i64) (local externref f32))
      (func))
  )"));
  EXPECT_THAT(
      BodyScan(module, 0).locals(),
      ElementsAre(ValueType::I32(), ValueType::F64(), ValueType::I64(),
                  ValueType::I64(), ValueType::ExternRef(), ValueType::F32()));
  EXPECT_THAT(BodyScan(module, 1).locals(), IsEmpty());
}

TEST(BodyScan, FindsWhereConstructsEnd) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(R"(
    (module (func (param i32)
      (block (loop (if (local.get 0) (then nop) (else nop))))
      (block)
      unreachable
      (loop)))
  )"));
  const BodyScan scan(module, 0);
  const std::vector<uint32_t> blocks = OffsetsOf(module, Opcode::kBlock);
  const std::vector<uint32_t> loops = OffsetsOf(module, Opcode::kLoop);
  const std::vector<uint32_t> ends = OffsetsOf(module, Opcode::kEnd);
  ASSERT_EQ(ends.size(), 6u);
  const struct {
    uint32_t begin;
    uint32_t end;
  } kExpected[] = {
      {OffsetsOf(module, Opcode::kIf)[0], ends[0]},
      {loops[0], ends[1]},
      {blocks[0], ends[2]},
      {blocks[1], ends[3]},
      // Code that cannot be reached counts too.
      {loops[1], ends[4]},
  };
  for (const auto& expected : kExpected) {
    const BytecodeRange range = scan.ConstructAt(expected.begin);
    EXPECT_EQ(range.begin, expected.begin);
    EXPECT_EQ(range.end, expected.end);
  }
}

TEST(BodyScan, FindsWhereLocalsAreAssigned) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(R"(
    (module (func (param i32) (local i32 i32)
      (local.set 0 (i32.const 1))
      (block (drop (local.tee 1 (local.get 2))))
      (loop (local.set 0 (i32.const 2)))))
  )"));
  const BodyScan scan(module, 0);
  const BytecodeRange block =
      scan.ConstructAt(OffsetsOf(module, Opcode::kBlock)[0]);
  const BytecodeRange loop =
      scan.ConstructAt(OffsetsOf(module, Opcode::kLoop)[0]);
  const struct {
    uint32_t local;
    bool in_block;
    bool in_loop;
  } kExpected[] = {{0, false, true}, {1, true, false}, {2, false, false}};
  for (const auto& expected : kExpected) {
    const LocalAssignments& assignments = scan.assignments();
    EXPECT_EQ(assignments.IsAssignedIn(expected.local, block),
              expected.in_block);
    EXPECT_EQ(assignments.IsAssignedIn(expected.local, loop), expected.in_loop);
  }
}

}  // namespace
}  // namespace wasijit::compiler
