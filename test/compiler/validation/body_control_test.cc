#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(BodyControl, TypesBlocks) {
  const ValidationCase kCases[] = {
      {"(func (block) (loop) (if (i32.const 1) (then)))", ""},
      {"(func (result i32) (block (result i32) (i32.const 1)))", ""},
      {"(func (result i32) (i32.const 1) (block (param i32) (result i32)))",
       ""},
      {"(func (block (i32.const 1)))",
       "type mismatch: block requires [] but stack has [i32]"},
      {"(func (block (result i32)) (drop))",
       "type mismatch: instruction requires [i32] but stack has []"},
      {"(func (block (param i32) (drop)))",
       "type mismatch: instruction requires [i32] but stack has []"},
      {"(func (i32.const 1) (block (drop)))", "type mismatch"},
      {"(type $s (struct)) (func (block (type $s)))",
       "type mismatch: type 0 is not a function type"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesBranchesOfIf) {
  const ValidationCase kCases[] = {
      {"(func (result i32) (if (result i32) (i32.const 1) "
       "(then (i32.const 1)) (else (i32.const 2))))",
       ""},
      // The missing branch passes the parameters on.
      {"(func (result i32) (i32.const 1) (i32.const 2) "
       "(if (param i32) (result i32) (then)))",
       ""},
      {"(func (result i32) (if (result i32) (i32.const 1) "
       "(then (i32.const 1))))",
       "type mismatch"},
      {"(func (if (i64.const 1) (then)))", "type mismatch"},
      {"(func (result i32) (if (result i32) (i32.const 1) "
       "(then (i32.const 1)) (else (i64.const 2))))",
       "type mismatch: instruction requires [i32] but stack has [i64]"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesBranches) {
  const ValidationCase kCases[] = {
      {"(func (block $b (br $b)))", ""},
      {"(func (br 1))", "unknown label 1"},
      {"(func (result i32) (br 0 (i32.const 1)))", ""},
      {"(func (result i32) (br 0))", "type mismatch"},
      // A loop's label takes its parameters.
      {"(func (i32.const 1) (loop $l (param i32) (br $l)))", ""},
      {"(func (result i32) (loop $l (result i32) (br $l)))", ""},
      {"(func (result i32) (br_if 0 (i32.const 1) (i32.const 2)))", ""},
      {"(func (result i32) (br_if 0 (i32.const 1)))", "type mismatch"},
      {"(func (result i32) (br_table 0 0 (i32.const 1) (i32.const 2)))", ""},
      {"(func (result i32) (block $b (br_table 0 $b (i32.const 1))))",
       "type mismatch"},
      {"(func (br_table 0 5 (i32.const 1)))", "unknown label 5"},
      {"(func (br_table 5 0 (i32.const 1)))", "unknown label 5"},
      // What a return does not take is dropped.
      {"(func (return (i32.const 1)))", ""},
      {"(func (result i32) (return))", "type mismatch"},
      {"(func (result i32) (return (i32.const 1)))", ""},
  };
  ExpectValidation(kCases);
}

// Types of the operands are those of the labels, after br_if.
TEST(BodyControl, LeavesTheLabelsTypesAfterBrIf) {
  const ValidationCase kCases[] = {
      {"(func (param i31ref) (result anyref) (br_if 0 (local.get 0) "
       "(i32.const 1)))",
       ""},
      {"(func (param i31ref) (result anyref) (block $b (result anyref) "
       "(i31.get_s (br_if $b (local.get 0) (i32.const 1))) (drop) "
       "(ref.null any)))",
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, IsPolymorphicInUnreachableCode) {
  const ValidationCase kCases[] = {
      {"(func (result i32) (unreachable))", ""},
      {"(func (result i32) (unreachable) (i32.add))", ""},
      {"(func (result i32) (unreachable) (i64.const 1) (i32.add))",
       "type mismatch"},
      {"(func (unreachable) (i32.const 1))",
       "type mismatch: block requires [] but stack has [i32]"},
      {"(func (unreachable) (select) (drop))", ""},
      {"(func (unreachable) (br_table 0 0))", ""},
      // Labels of the same length but other types, over unknown operands.
      {"(func (result i32) (block $f (result f32) (unreachable) "
       "(br_table 0 1 (i32.const 1))) (drop) (i32.const 1))",
       ""},
      {"(func (block (unreachable)) (drop))", "type mismatch"},
      {"(type $a (array i32)) (func (result (ref $a)) (unreachable) "
       "(i64.const 1) (select) (array.new_fixed $a 2))",
       "type mismatch"},
      {"(type $a (array i32)) (func (result (ref $a)) (unreachable) "
       "(array.new_fixed $a 9999))",
       ""},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesCalls) {
  const ValidationCase kCases[] = {
      {"(func $f (param i32) (result i64) (unreachable)) "
       "(func (result i64) (call $f (i32.const 1)))",
       ""},
      {"(func $f (param i32)) (func (call $f))", "type mismatch"},
      {"(func (call 7))", "unknown function 7"},
      {"(table 1 funcref) (func (call_indirect (i32.const 0)))", ""},
      {"(table i64 1 funcref) (func (call_indirect (i64.const 0)))", ""},
      {"(table i64 1 funcref) (func (call_indirect (i32.const 0)))",
       "type mismatch"},
      {"(func (call_indirect (i32.const 0)))", "unknown table 0"},
      {"(table 1 externref) (func (call_indirect (i32.const 0)))",
       "type mismatch: instruction requires table of function type"},
      {"(type $f (func (result i32))) (func (param (ref null $f)) (result i32) "
       "(call_ref $f (local.get 0)))",
       ""},
      {"(type $f (func)) (type $g (func (param i32))) (func (param (ref $g)) "
       "(call_ref $f (local.get 0)))",
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesTailCalls) {
  const ValidationCase kCases[] = {
      {"(func $f (result i32) (return_call $f))", ""},
      {"(func $f (result i64) (unreachable)) "
       "(func (result i32) (return_call $f))",
       "type mismatch: current function requires result type [i32] but callee "
       "returns [i64]"},
      // The callee's results may be subtypes.
      {"(func $f (result i31ref) (unreachable)) "
       "(func (result anyref) (return_call $f))",
       ""},
      {"(table 1 funcref) (type $t (func (result i32))) (func (result i32) "
       "(return_call_indirect (type $t) (i32.const 0)))",
       ""},
      {"(type $t (func (result i32))) (func (param (ref $t)) (result i64) "
       "(return_call_ref $t (local.get 0)))",
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesExceptions) {
  const ValidationCase kCases[] = {
      {"(tag $e (param i32)) (func (throw $e (i32.const 1)))", ""},
      {"(tag $e (param i32)) (func (throw $e))",
       "type mismatch: instruction requires [i32] but stack has []"},
      {"(func (throw 0))", "unknown tag 0"},
      {"(func (param exnref) (throw_ref (local.get 0)))", ""},
      {"(func (param externref) (throw_ref (local.get 0)))", "type mismatch"},
      {"(tag $e (param i32)) (func (result i32) (try_table (result i32) "
       "(catch $e 0) (i32.const 1)))",
       ""},
      // Labels count from outside the instruction.
      {"(tag $e (param i32)) (func (block $b (result i32) (try_table "
       "(catch $e $b)) (i32.const 1)) (drop))",
       ""},
      {"(tag $e (param i32)) (func (block $b (try_table (catch $e $b))))",
       "type mismatch"},
      {"(func (block $b (result exnref) (try_table (catch_all_ref $b)) "
       "(unreachable)) (drop))",
       ""},
      {"(func (try_table (catch_all 3)))", "unknown label 3"},
      {"(func (try_table (catch 3 0)))", "unknown tag 3"},
  };
  ExpectValidation(kCases);
}

TEST(BodyControl, TypesLegacyExceptions) {
  const ValidationCase kCases[] = {
      {"(tag $e (param i32)) (func (result i32) try (result i32) i32.const 1 "
       "catch $e catch_all i32.const 2 end)",
       ""},
      {"(tag $e (param i32)) (func try catch $e end)",
       "type mismatch: block requires [] but stack has [i32]"},
      {"(func try $t catch_all rethrow $t end)", ""},
      {"(func try $t rethrow $t catch_all end)", "invalid rethrow label"},
      {"(func block $b rethrow $b end)", "invalid rethrow label"},
      {"(func try $o try delegate $o catch_all end)", ""},
      {"(func try delegate 0)", ""},
      {"(func try delegate 1)", "unknown label 1"},
      {"(func try catch 0 end)", "unknown tag 0"},
  };
  ExpectValidation(kCases);
}

}  // namespace
}  // namespace wasijit::test
