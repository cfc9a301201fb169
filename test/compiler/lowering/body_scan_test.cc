#include "compiler/lowering/body_scan.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

// Sets all locals inside of nested constructs.
Module NestedAssignments(int constructs, int locals) {
  std::string text = "(module (func (param i32) (local";
  for (int i = 0; i < locals; ++i) absl::StrAppend(&text, " i32");
  absl::StrAppend(&text, ")\n");
  for (int i = 0; i < constructs; ++i) absl::StrAppend(&text, "block ");
  for (int i = 0; i < locals; ++i) {
    // The second one adds nothing.
    absl::StrAppend(&text, "local.get 0 local.tee ", i, " local.set ", i, "\n");
  }
  for (int i = 0; i < constructs; ++i) absl::StrAppend(&text, "end ");
  absl::StatusOr<Module> module = ModuleFromWat(absl::StrCat(text, "))"));
  EXPECT_OK(module);
  return module.ok() ? *std::move(module) : Module();
}

TEST(BodyScan, FindsFunctionsWithTooManyPhis) {
  const struct {
    int constructs;
    int locals;
    bool expected;
  } kCases[] = {
      {0, 0, false},      {1, 1, false},      {99, 1'000, false},
      {101, 1'000, true}, {1'000, 99, false}, {1'000, 101, true},
  };
  for (const auto& test : kCases) {
    const Module module = NestedAssignments(test.constructs, test.locals);
    EXPECT_EQ(BodyScan(module, 0).KeepsLocalsInMemory(), test.expected)
        << test.constructs << " " << test.locals;
  }
}

// Even if they are not assigned, they have to be looked for.
TEST(BodyScan, FindsFunctionsWithTooLongSearches) {
  std::string text = "(module (func (param i32) (local";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, " i32");
  absl::StrAppend(&text, ")\n");
  for (const bool expected : {false, true}) {
    for (int i = 0; i < 600; ++i) {
      absl::StrAppend(&text, "block local.get 0 br_if 0 end\n");
    }
    ASSERT_OK_AND_ASSIGN(const Module module,
                         ModuleFromWat(absl::StrCat(text, "))")));
    EXPECT_EQ(BodyScan(module, 0).KeepsLocalsInMemory(), expected);
  }
}

}  // namespace
}  // namespace wasijit::compiler
