#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(BodyTable, TypesTableAccess) {
  const ValidationCase kCases[] = {
      {"(table 1 externref) (func (result externref) "
       "(table.get 0 (i32.const 0)))",
       ""},
      {"(table i64 1 externref) (func (result externref) "
       "(table.get 0 (i32.const 0)))",
       "type mismatch"},
      {"(func (drop (table.get 0 (i32.const 0))))", "unknown table 0"},
      {"(table 1 funcref) (func (table.set 0 (i32.const 0) "
       "(ref.null extern)))",
       "type mismatch"},
      {"(table i64 1 funcref) (func (result i64) (table.size 0))", ""},
      {"(table i64 1 funcref) (func (result i64) "
       "(table.grow 0 (ref.null func) (i64.const 1)))",
       ""},
      {"(table 1 funcref) (func (table.fill 0 (i32.const 0) "
       "(ref.null func) (i64.const 1)))",
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyTable, TypesTableCopies) {
  const ValidationCase kCases[] = {
      // The length has the smaller address type.
      {"(table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $a $b "
       "(i64.const 0) (i32.const 0) (i32.const 0)))",
       ""},
      {"(table $a i64 1 funcref) (table $b 1 funcref) (func (table.copy $a $b "
       "(i64.const 0) (i32.const 0) (i64.const 0)))",
       "type mismatch"},
      {"(table $a 1 funcref) (table $b 1 externref) (func (table.copy $a $b "
       "(i32.const 0) (i32.const 0) (i32.const 0)))",
       "type mismatch: source element type"},
      {"(table 1 funcref) (elem $e func) (func (table.init $e (i32.const 0) "
       "(i32.const 0) (i32.const 0)) (elem.drop $e))",
       ""},
      {"(table 1 funcref) (elem $e externref) (func (table.init $e "
       "(i32.const 0) (i32.const 0) (i32.const 0)))",
       "type mismatch: element segment's type"},
      {"(table 1 funcref) (func (table.init 3 (i32.const 0) "
       "(i32.const 0) (i32.const 0)))",
       "unknown elem segment 3"},
      {"(func (elem.drop 0))", "unknown elem segment 0"},
  };
  ExpectValidation(kCases);
}

TEST(BodyTable, TypesMemoryAccess) {
  const ValidationCase kCases[] = {
      {"(memory 1) (func (i32.store (i32.const 0) (i32.load (i32.const 0))))",
       ""},
      {"(func (drop (i32.load (i32.const 0))))", "unknown memory 0"},
      {"(memory 1) (func (drop (i32.load 1 (i32.const 0))))",
       "unknown memory 1"},
      {"(memory i64 1) (func (drop (i32.load (i32.const 0))))",
       "type mismatch"},
      {"(memory i64 1) (func (drop (i32.load offset=0x100000000 "
       "(i64.const 0))))",
       ""},
      {"(memory 1) (func (drop (i32.load offset=0x100000000 "
       "(i32.const 0))))",
       "offset out of range"},
      {"(memory 1) (func (drop (i32.load align=8 (i32.const 0))))",
       "alignment must not be larger than natural"},
      {"(memory 1) (func (drop (i64.load8_u align=2 (i32.const 0))))",
       "alignment must not be larger than natural"},
      {"(memory 1) (func (drop (v128.load align=16 (i32.const 0))))", ""},
      {"(memory 1) (func (drop (v128.load8_lane 15 (i32.const 0) "
       "(v128.const i64x2 0 0))))",
       ""},
      {"(memory 1) (func (drop (v128.load32_lane 4 (i32.const 0) "
       "(v128.const i64x2 0 0))))",
       "invalid lane index"},
      {"(memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0))))",
       "atomic alignment must be natural"},
      {"(memory 1) (func (drop (i32.atomic.load align=8 (i32.const 0))))",
       "alignment must not be larger than natural"},
      {"(memory 1) (func (drop (i32.atomic.load (i32.const 0))))", ""},
  };
  ExpectValidation(kCases);
}

TEST(BodyTable, TypesMemoryOperations) {
  const ValidationCase kCases[] = {
      {"(memory i64 1) (func (result i64) (memory.grow (memory.size)))", ""},
      {"(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) "
       "(i64.const 0)))",
       "type mismatch"},
      {"(memory i64 1) (func (memory.fill (i64.const 0) (i32.const 0) "
       "(i64.const 0)))",
       ""},
      {"(memory $a 1) (memory $b i64 1) (func (memory.copy $a $b "
       "(i32.const 0) (i64.const 0) (i32.const 0)))",
       ""},
      {"(memory 1) (func (memory.copy 0 1 (i32.const 0) (i32.const 0) "
       "(i32.const 0)))",
       "unknown memory 1"},
      {"(memory i64 1) (data $d) (func (memory.init $d (i64.const 0) "
       "(i32.const 0) (i32.const 0)) (data.drop $d))",
       ""},
      {"(memory 1) (data $d) (func (memory.init 1 (i32.const 0) "
       "(i32.const 0) (i32.const 0)))",
       "unknown data segment 1"},
  };
  ExpectValidation(kCases);
}

}  // namespace
}  // namespace wasijit::test
