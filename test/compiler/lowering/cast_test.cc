#include "compiler/lowering/cast.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;
using ::wasijit::test::WatCall;

// A value for each sort of type, and what it is an instance of.
constexpr char kTypes[] = R"(
    (type $base (sub (struct)))
    (type $derived (sub $base (struct (field i32))))
    (type $leaf (sub final $derived (struct (field i32) (field i32))))
    (type $array (array i8))
    (func $value (param i32) (result anyref)
      (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
        (br_table $0 $1 $2 $3 $4 $5 $6 (local.get 0)))
        (return (ref.null none)))
        (return (ref.i31 (i32.const 7))))
        (return (struct.new $base)))
        (return (struct.new $derived (i32.const 1))))
        (return (struct.new $leaf (i32.const 1) (i32.const 2))))
        (return (array.new_default $array (i32.const 1))))
      (any.convert_extern (table.get $externs (i32.const 0))))
    (table $externs 1 externref))";

struct Target {
  const char* type;
  // A digit for each value: null, i31, base, derived, leaf, array, a null
  // that was external.
  const char* members;
};
constexpr Target kTargets[] = {
    {"(ref any)", "0111110"},        {"(ref null any)", "1111111"},
    {"(ref eq)", "0111110"},         {"(ref i31)", "0100000"},
    {"(ref null i31)", "1100001"},   {"(ref struct)", "0011100"},
    {"(ref array)", "0000010"},      {"(ref $base)", "0011100"},
    {"(ref null $base)", "1011101"}, {"(ref $derived)", "0001100"},
    {"(ref $leaf)", "0000100"},      {"(ref null $leaf)", "1000101"},
    {"(ref $array)", "0000010"},     {"(ref none)", "0000000"},
    {"(ref null none)", "1000001"},
};

TEST(Cast, TestsCastsAndBranchesAgree) {
  std::string wat = absl::StrCat("(module ", kTypes);
  std::vector<WatCall> calls;
  int number = 0;
  for (const Target& target : kTargets) {
    absl::StrAppend(&wat, "(func (export \"test", number,
                    "\") (param i32) (result i32) (ref.test ", target.type,
                    " (call $value (local.get 0))))", "(func (export \"cast",
                    number, "\") (param i32) (drop (ref.cast ", target.type,
                    " (call $value (local.get 0)))))", "(func (export \"branch",
                    number, "\") (param i32) (result i32) (block $yes (result ",
                    target.type,
                    ") (block $no (result anyref) (br_on_cast_fail $no anyref ",
                    target.type, " (br_on_cast $yes anyref ", target.type,
                    " (call $value (local.get 0)))) (unreachable)) (drop) "
                    "(return (i32.const 0))) (drop) (i32.const 1))");
    for (int value = 0; value < 7; ++value) {
      const bool is_member = target.members[value] == '1';
      const std::string answer = absl::StrCat("i32.const ", is_member ? 1 : 0);
      const std::vector<Value> argument = {Value::I32(value)};
      calls.push_back({absl::StrCat("test", number), argument, answer});
      calls.push_back({absl::StrCat("cast", number), argument,
                       is_member ? "" : "trap: cast failure"});
      calls.push_back({absl::StrCat("branch", number), argument, answer});
    }
    ++number;
  }
  ExpectCalls(absl::StrCat(wat, ")"), calls);
}

// Longer chains than a display has room for.
TEST(Cast, KnowsDistantSupertypes) {
  constexpr int kTypes = 14;
  std::string wat = "(module (type $t0 (sub (struct)))";
  for (int i = 1; i < kTypes; ++i) {
    absl::StrAppend(&wat, "(type $t", i, " (sub $t", i - 1, " (struct)))");
  }
  std::vector<WatCall> calls;
  for (int i = 0; i < kTypes; ++i) {
    absl::StrAppend(
        &wat, "(func (export \"f", i, "\") (result i32 i32) (local anyref)",
        "(local.set 0 (struct.new $t10))", "(ref.test (ref $t", i,
        ") (local.get 0)) (ref.test (ref $t", i, ") (ref.null none)))");
    calls.push_back(
        {absl::StrCat("f", i),
         {},
         absl::StrCat("i32.const ", i <= 10 ? 1 : 0, " i32.const 0")});
  }
  ExpectCalls(absl::StrCat(wat, ")"), calls);
}

TEST(Cast, FunctionsHaveSupertypesToo) {
  ExpectCalls(R"((module
    (type $f (sub (func (result i32))))
    (type $g (sub final $f (func (result i32))))
    (type $h (func (result i32)))
    (table $t funcref (elem $one $two))
    (func $one (type $f) (i32.const 1))
    (func $two (type $g) (i32.const 2))
    (func (export "test") (param i32) (result i32 i32 i32 i32)
      (ref.test (ref $f) (table.get $t (local.get 0)))
      (ref.test (ref $g) (table.get $t (local.get 0)))
      (ref.test (ref $h) (table.get $t (local.get 0)))
      (ref.test (ref func) (table.get $t (local.get 0))))
    (func (export "call_f") (param i32) (result i32)
      (call_indirect $t (type $f) (local.get 0)))
    (func (export "call_g") (param i32) (result i32)
      (call_indirect $t (type $g) (local.get 0)))
    (func (export "call_ref") (param i32) (result i32)
      (call_ref $f (ref.cast (ref null $f) (table.get $t (local.get 0)))))))",
              {{"test",
                {Value::I32(0)},
                "i32.const 1 i32.const 0 i32.const 0 i32.const 1"},
               {"test",
                {Value::I32(1)},
                "i32.const 1 i32.const 1 i32.const 0 i32.const 1"},
               {"call_f", {Value::I32(0)}, "i32.const 1"},
               {"call_f", {Value::I32(1)}, "i32.const 2"},
               {"call_g", {Value::I32(0)}, "trap: indirect call type mismatch"},
               {"call_g", {Value::I32(1)}, "i32.const 2"},
               {"call_ref", {Value::I32(1)}, "i32.const 2"}});
}

// Objects by number: null, i31, an array, one of $plain, two of $a with
// different descriptors, and one of $sub, whose base has none.
constexpr char kDescribed[] = R"(
    (type $array (array i8))
    (type $plain (sub (struct (field i32))))
    (rec (type $a (sub (descriptor $ad) (struct)))
         (type $ad (sub (describes $a) (struct (field i32)))))
    (rec (type $sub (sub $plain (descriptor $subd)
                      (struct (field i32) (field i64))))
         (type $subd (sub (describes $sub) (struct))))
    (global $a1 (ref (exact $ad)) (struct.new $ad (i32.const 1)))
    (global $a2 (ref (exact $ad)) (struct.new $ad (i32.const 2)))
    (global $s1 (ref (exact $subd)) (struct.new $subd))
    (func $value (param i32) (result anyref)
      (block $6 (block $5 (block $4 (block $3 (block $2 (block $1 (block $0
        (br_table $0 $1 $2 $3 $4 $5 $6 (local.get 0)))
        (return (ref.null none)))
        (return (ref.i31 (i32.const 7))))
        (return (array.new_default $array (i32.const 1))))
        (return (struct.new $plain (i32.const 3))))
        (return (struct.new_desc $a (global.get $a1))))
        (return (struct.new_default_desc $a (global.get $a2))))
      (struct.new_desc $sub (i32.const 4) (i64.const 5) (global.get $s1))))";

struct DescribedTarget {
  const char* type;
  const char* descriptor;
  // A digit for each value.
  const char* members;
};
constexpr DescribedTarget kDescribedTargets[] = {
    {"(ref $a)", "(global.get $a1)", "0000100"},
    {"(ref null $a)", "(global.get $a1)", "1000100"},
    {"(ref (exact $a))", "(global.get $a2)", "0000010"},
    {"(ref null (exact $a))", "(global.get $a2)", "1000010"},
    {"(ref $sub)", "(global.get $s1)", "0000001"},
    {"(ref null (exact $sub))", "(global.get $s1)", "1000001"},
    {"(ref $sub)", "(struct.new $subd)", "0000000"},
};

TEST(Cast, ComparesDescriptors) {
  std::string wat = absl::StrCat("(module ", kDescribed);
  std::vector<WatCall> calls;
  int number = 0;
  for (const DescribedTarget& target : kDescribedTargets) {
    const std::string operands =
        absl::StrCat("(call $value (local.get 0)) ", target.descriptor);
    absl::StrAppend(&wat, "(func (export \"cast", number,
                    "\") (param i32) (drop (ref.cast_desc_eq ", target.type,
                    " ", operands, ")))", "(func (export \"branch", number,
                    "\") (param i32) (result i32) (block $yes (result ",
                    target.type, ") (drop (br_on_cast_desc_eq $yes anyref ",
                    target.type, " ", operands,
                    ")) (return (i32.const 0))) (drop) "
                    "(i32.const 1))",
                    "(func (export \"fail", number,
                    "\") (param i32) (result i32) (block $no (result anyref) "
                    "(drop (br_on_cast_desc_eq_fail $no anyref ",
                    target.type, " ", operands,
                    ")) (return (i32.const 1))) (drop) "
                    "(i32.const 0))");
    for (int value = 0; value < 7; ++value) {
      const bool is_member = target.members[value] == '1';
      const std::string answer = absl::StrCat("i32.const ", is_member ? 1 : 0);
      const std::vector<Value> argument = {Value::I32(value)};
      calls.push_back({absl::StrCat("cast", number), argument,
                       is_member ? "" : "trap: descriptor cast failure"});
      calls.push_back({absl::StrCat("branch", number), argument, answer});
      calls.push_back({absl::StrCat("fail", number), argument, answer});
    }
    ++number;
  }
  absl::StrAppend(&wat, R"((func (export "null")
      (drop (ref.cast_desc_eq (ref null $a) (ref.null none) (ref.null none)))))");
  calls.push_back({"null", {}, "trap: null descriptor reference"});
  ExpectCalls(absl::StrCat(wat, ")"), calls);
}

}  // namespace
}  // namespace wasijit::compiler
