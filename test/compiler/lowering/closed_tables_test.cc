#include "compiler/lowering/closed_tables.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

// Function types by index: 0 and 3 are equal, 1 occurs twice in tables, 2 once.
constexpr absl::string_view kTypes = R"(
  (type $unary (func (param i32) (result i32)))
  (type $twice (func (param i64)))
  (type $once (func (result f64)))
  (rec (type $equal (func (param i32) (result i32))) (type (struct)))
  (import "env" "imported" (func $imported (type $twice))))";
constexpr absl::string_view kFunctions = R"(
  (func $double (type $unary) (i32.add (local.get 0) (local.get 0)))
  (func $a (type $twice))
  (func $one (type $once) (f64.const 1))
  (func $same (type $equal) (local.get 0)))";

class Tables {
 public:
  explicit Tables(absl::string_view fields)
      : module_(*test::ModuleFromWat(
            absl::StrCat("(module ", kTypes, fields, kFunctions, ")"))),
        tables_(module_) {
    Instruction instruction;
    for (uint32_t i = module_.num_imported_functions;
         i < module_.functions.size(); ++i) {
      InstructionReader reader(module_, module_.functions[i].body);
      while (reader.Next(instruction)) tables_.See(instruction);
    }
  }

  const ClosedTables& operator*() const { return tables_; }
  const ClosedTables* operator->() const { return &tables_; }

 private:
  Module module_;
  ClosedTables tables_;
};

constexpr uint32_t kUnary = 0;
constexpr uint32_t kTwice = 1;
constexpr uint32_t kOnce = 2;

TEST(ClosedTables, KnowTheOnlyFunctionOfAType) {
  const Tables tables(R"((table 6 funcref)
    (elem (i32.const 1) func $double $one $a) (elem (i32.const 4) func $a))");
  ASSERT_TRUE(tables->IsClosed(0));
  const ClosedTables::Callees callees = tables->CalleesOf(0, kOnce);
  EXPECT_TRUE(callees.are_own);
  EXPECT_EQ(callees.only_index, 2);
  EXPECT_EQ(callees.only_function, 3);
  EXPECT_EQ(tables->CalleesOf(0, kUnary).only_index, 1);
  EXPECT_EQ(tables->CalleesOf(0, kTwice).only_index, std::nullopt);
  EXPECT_TRUE(tables->CalleesOf(0, kTwice).are_own);
}

TEST(ClosedTables, LaterSegmentsReplaceEarlierOnes) {
  const Tables tables(R"((table 6 funcref)
    (elem (i32.const 1) func $double $one) (elem (i32.const 1) func $one))");
  EXPECT_EQ(tables->CalleesOf(0, kOnce).only_index, std::nullopt);
  EXPECT_EQ(tables->CalleesOf(0, kUnary).only_index, std::nullopt);
}

TEST(ClosedTables, TypesThatMayBeTheSameCount) {
  const Tables tables(R"((table 6 funcref)
    (elem (i32.const 1) func $double $same))");
  EXPECT_EQ(tables->CalleesOf(0, kUnary).only_index, std::nullopt);
  EXPECT_TRUE(tables->CalleesOf(0, kUnary).are_own);
}

TEST(ClosedTables, ImportedFunctionsAreNotOwn) {
  const Tables tables(R"((table 6 funcref)
    (elem (i32.const 1) func $imported $one))");
  EXPECT_FALSE(tables->CalleesOf(0, kTwice).are_own);
  EXPECT_EQ(tables->CalleesOf(0, kTwice).only_index, std::nullopt);
  EXPECT_TRUE(tables->CalleesOf(0, kOnce).are_own);
}

TEST(ClosedTables, AreOpenIfAnyoneElseSeesThem) {
  EXPECT_FALSE(Tables(R"((import "env" "t" (table 6 funcref)))")->IsClosed(0));
  EXPECT_FALSE(Tables(R"((table (export "t") 6 funcref))")->IsClosed(0));
  EXPECT_FALSE(Tables("(table 6 externref)")->IsClosed(0));
}

TEST(ClosedTables, AreOpenIfTheirContentsAreNotPlain) {
  for (absl::string_view fields : {
           R"((import "env" "g" (global $g i32)) (table 6 funcref)
              (elem (global.get $g) func $one))",
           "(table 6 funcref) (elem (i32.const 6) func $one)",
           "(table 6 funcref) (elem (i32.const -1) func $one)",
           "(table 6 funcref) (elem (i32.add (i32.const 1) (i32.const 1)) "
           "func $one)",
           "(table 6 funcref) (elem (i32.const 1) funcref (ref.func $one))",
           "(table 6 funcref (ref.func $one)) (elem declare func $one)",
       }) {
    EXPECT_FALSE(Tables(fields)->IsClosed(0)) << fields;
  }
}

TEST(ClosedTables, AreOpenIfAnInstructionChangesThem) {
  for (absl::string_view instruction : {
           "(table.set (i32.const 0) (ref.null func))",
           "(drop (table.grow (ref.null func) (i32.const 1)))",
           "(table.fill (i32.const 0) (ref.null func) (i32.const 1))",
           "(table.copy (i32.const 0) (i32.const 1) (i32.const 1))",
           "(table.init $e (i32.const 0) (i32.const 0) (i32.const 1))",
       }) {
    const std::string fields = absl::StrCat(
        "(table 6 funcref) (elem $e func $one) (func ", instruction, ")");
    EXPECT_FALSE(Tables(fields)->IsClosed(0)) << fields;
  }
  EXPECT_TRUE(Tables("(table 6 funcref) (func (drop (table.get "
                     "(i32.const 0))) (drop (table.size)))")
                  ->IsClosed(0));
}

TEST(ClosedTables, CallsTrapAsWithOpenTables) {
  constexpr absl::string_view kCalls = R"(
    (type $unary (func (param i32) (result i32)))
    (type $other (func (result i64)))
    (func $double (type $unary) (i32.add (local.get 0) (local.get 0)))
    (func $seven (type $other) (i64.const 7))
    (func $eight (type $other) (i64.const 8))
    (table TABLE 6 funcref)
    (elem (i32.const 1) func $double $seven $eight)
    (func (export "only") (param i32) (result i32)
      (call_indirect (type $unary) (i32.const 21) (local.get 0)))
    (func (export "tail") (param i32) (result i32)
      (return_call_indirect (type $unary) (i32.const 21) (local.get 0)))
    (func (export "two") (param i32) (result i64)
      (call_indirect (type $other) (local.get 0)))
    (func (export "tail two") (param i32) (result i64)
      (return_call_indirect (type $other) (local.get 0))))";
  for (absl::string_view table : {"", R"((export "t"))"}) {
    const std::string wat = absl::StrReplaceAll(
        absl::StrCat("(module ", kCalls, ")"), {{"TABLE", table}});
    const auto at = [](uint32_t index) {
      return std::vector<Value>{Value::I32(index)};
    };
    std::vector<test::WatCall> calls;
    for (absl::string_view name : {"only", "tail", "two", "tail two"}) {
      const std::string function(name);
      const bool is_only = name == "only" || name == "tail";
      constexpr char kMismatch[] = "trap: indirect call type mismatch";
      calls.push_back({function, at(0), "trap: uninitialized element"});
      calls.push_back({function, at(1), is_only ? "i32.const 42" : kMismatch});
      calls.push_back({function, at(2), is_only ? kMismatch : "i64.const 7"});
      calls.push_back({function, at(3), is_only ? kMismatch : "i64.const 8"});
      calls.push_back({function, at(5), "trap: uninitialized element"});
      calls.push_back({function, at(6), "trap: undefined element"});
      calls.push_back({function, at(UINT32_MAX), "trap: undefined element"});
    }
    test::ExpectCalls(wat, calls);
  }
}

}  // namespace
}  // namespace wasijit::compiler
