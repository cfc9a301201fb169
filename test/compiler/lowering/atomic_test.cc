#include "compiler/lowering/atomic.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "runtime/module/value.h"
#include "test/support/lowered_wat.h"
#include "test/support/running_wat.h"

namespace wasijit::test {
namespace {

Value I32(uint32_t value) { return Value::I32(static_cast<int32_t>(value)); }
Value I64(uint64_t value) { return Value::I64(static_cast<int64_t>(value)); }

// A module whose function "f" applies the instruction to its parameters.
std::string ModuleOf(absl::string_view instruction, absl::string_view memory,
                     absl::string_view parameters, absl::string_view result) {
  int count = 1;
  for (const char c : parameters) count += c == ' ';
  std::string body;
  for (int i = 0; i < count; ++i) absl::StrAppend(&body, "local.get ", i, " ");
  return absl::StrCat(
      "(module (memory ", memory,
      ") (data (i32.const 0) \"\\ff\\fe\\fd\\fc\\fb\\fa\\f9\\f8"
      "\") (func (export \"f\") (param ",
      parameters, ") ",
      result.empty() ? "" : absl::StrCat("(result ", result, ")"), " ", body,
      instruction,
      ") (func (export \"get\") (result i64) (i64.load "
      "(i32.const 0))))");
}

TEST(LowerAtomicTest, ModifiesJustWhatItAccesses) {
  constexpr uint64_t kBefore = 0xf8f9fafbfcfdfeff;
  const struct {
    const char* instruction;
    uint32_t value;
    uint32_t result;
    uint64_t after;
  } kCases[] = {
      {"i32.atomic.rmw8.add_u offset=3", 0x105, 0xfc, 0xf8f9fafb01fdfeff},
      {"i32.atomic.rmw16.sub_u offset=2", 0x1fcfe, 0xfcfd, 0xf8f9fafbfffffeff},
      {"i32.atomic.rmw8.and_u", 0xfffff00f, 0xff, 0xf8f9fafbfcfdfe0f},
      {"i32.atomic.rmw16.or_u offset=4", 0x10404, 0xfafb, 0xf8f9fefffcfdfeff},
      {"i32.atomic.rmw.xor offset=4", 0xffffffff, 0xf8f9fafb,
       0x07060504fcfdfeff},
      {"i32.atomic.rmw8.xchg_u offset=7", 0xabcd, 0xf8, 0xcdf9fafbfcfdfeff},
  };
  for (const char* memory : {"1", "1 1 shared"}) {
    for (const auto& test : kCases) {
      const Value before = I64(kBefore);
      ExpectCalls(ModuleOf(test.instruction, memory, "i32 i32", "i32"),
                  {{"get", {}, ToString(before)},
                   {"f", {I32(0), I32(test.value)}, ToString(I32(test.result))},
                   {"get", {}, ToString(I64(test.after))}});
    }
  }
}

// The expected value is compared in full with the zero-extended one.
TEST(LowerAtomicTest, ComparesWideExpectations) {
  const struct {
    const char* instruction;
    uint64_t expected;
    bool matches;
  } kCases[] = {
      {"i64.atomic.rmw8.cmpxchg_u", 0xff, true},
      {"i64.atomic.rmw8.cmpxchg_u", 0x1ff, false},
      {"i64.atomic.rmw8.cmpxchg_u", ~uint64_t{0}, false},
      {"i64.atomic.rmw16.cmpxchg_u", 0xfeff, true},
      {"i64.atomic.rmw16.cmpxchg_u", 0x1feff, false},
      {"i64.atomic.rmw32.cmpxchg_u", 0xfcfdfeff, true},
      {"i64.atomic.rmw32.cmpxchg_u", 0x1'fcfdfeff, false},
      {"i64.atomic.rmw.cmpxchg", 0xf8f9fafbfcfdfeff, true},
      {"i64.atomic.rmw.cmpxchg", 0xf8f9fafbfcfdfefe, false},
  };
  for (const auto& test : kCases) {
    const auto opcode = compiler::OpcodeFromText(test.instruction);
    ASSERT_TRUE(opcode.has_value());
    const uint64_t mask =
        ~uint64_t{0} >> (64 - (8u << compiler::Info(*opcode).access_size_log2));
    const uint64_t before = 0xf8f9fafbfcfdfeff;
    const uint64_t after =
        test.matches ? (before & ~mask) | (0x1122334455667788 & mask) : before;
    ExpectCalls(ModuleOf(test.instruction, "1 1 shared", "i32 i64 i64", "i64"),
                {{"f",
                  {I32(0), I64(test.expected), I64(0x1122334455667788)},
                  ToString(I64(before & mask))},
                 {"get", {}, ToString(I64(after))}});
  }
}

// To be out of bounds counts before being unaligned, and both before whether
// the memory is shared.
TEST(LowerAtomicTest, TrapsInOrder) {
  constexpr char kUnaligned[] = "trap: unaligned atomic";
  constexpr char kOutOfBounds[] = "trap: out of bounds memory access";
  for (const char* memory : {"1", "1 1 shared"}) {
    const bool shared = std::string(memory) != "1";
    ExpectCalls(ModuleOf("i32.atomic.load offset=2", memory, "i32", "i32"),
                {{"f", {I32(0)}, kUnaligned},
                 {"f", {I32(2)}, ToString(I32(0xf8f9fafb))},
                 {"f", {I32(65533)}, kOutOfBounds},
                 {"f", {I32(65534)}, kOutOfBounds},
                 {"f", {I32(0xfffffffe)}, kOutOfBounds},
                 {"f", {I32(0xffffffff)}, kOutOfBounds}});
    ExpectCalls(ModuleOf("memory.atomic.wait64", memory, "i32 i64 i64", "i32"),
                {{"f", {I32(65540), I64(0), I64(0)}, kOutOfBounds},
                 {"f", {I32(65536), I64(0), I64(0)}, kOutOfBounds},
                 {"f", {I32(4), I64(0), I64(0)}, kUnaligned},
                 {"f",
                  {I32(8), I64(0), I64(0)},
                  shared ? "i32.const 2" : "trap: expected shared memory"}});
    ExpectCalls(ModuleOf("memory.atomic.notify offset=0xffffffff", memory,
                         "i32 i32", "i32"),
                {{"f", {I32(0), I32(1)}, kOutOfBounds},
                 {"f", {I32(0xffffffff), I32(1)}, kOutOfBounds}});
    ExpectCalls(ModuleOf("memory.atomic.notify", memory, "i32 i32", "i32"),
                {{"f", {I32(2), I32(1)}, kUnaligned},
                 {"f", {I32(65532), I32(1)}, ToString(I32(0))}});
  }
}

// An atomic access whose value nobody needs traps all the same.
TEST(LowerAtomicTest, KeepsUnusedAccesses) {
  for (const char* instruction :
       {"(i32.atomic.load (local.get 0))",
        "(i32.atomic.rmw.or (local.get 0) (i32.const 0))",
        "(i32.atomic.rmw.or (local.get 0) (local.get 1))",
        "(i32.atomic.rmw.xchg (local.get 0) (i32.const 0))",
        "(i32.atomic.rmw.cmpxchg (local.get 0) (i32.const 0) (i32.const 0))"}) {
    ExpectCalls(absl::StrCat("(module (memory 1 1 shared) (func (export \"f\") "
                             "(param i32) (local i32) (drop ",
                             instruction, ")))"),
                {{"f", {I32(65536)}, "trap: out of bounds memory access"},
                 {"f", {I32(65532)}, ""}});
  }
}

// Other threads may write at any time: what has been read once is not read
// again.
TEST(LowerAtomicTest, MakesPlainAccessesOfSharedMemoriesVolatile) {
  for (const bool shared : {false, true}) {
    const LoweredWat lowered(absl::StrCat(
        "(module (memory 1 1 ", shared ? "shared" : "",
        ") (func (param i32) (result i32) (i64.store (local.get 0) (i64.const "
        "1)) (i32.load8_u (local.get 0))) (func (param i32) (memory.fill "
        "(local.get 0) (i32.const 0) (i32.const 8)) (memory.copy (i32.const 0) "
        "(local.get 0) (i32.const 8))))"));
    int accesses = 0;
    for (uint32_t i = 0; i < 2; ++i) {
      for (const llvm::Instruction& instruction :
           llvm::instructions(lowered.function(i))) {
        const auto* const bulk =
            llvm::dyn_cast<llvm::MemIntrinsic>(&instruction);
        if (bulk != nullptr) {
          EXPECT_EQ(bulk->isVolatile(), shared);
          ++accesses;
        } else if (const auto* load =
                       llvm::dyn_cast<llvm::LoadInst>(&instruction);
                   load != nullptr && load->getType()->isIntegerTy(8)) {
          EXPECT_EQ(load->isVolatile(), shared);
          ++accesses;
        } else if (const auto* store =
                       llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
          EXPECT_EQ(store->isVolatile(), shared);
          ++accesses;
        }
      }
    }
    EXPECT_EQ(accesses, 4);
  }
}

}  // namespace
}  // namespace wasijit::test
