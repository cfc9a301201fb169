#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(BodyAggregate, TypesStructures) {
#define WITH_TYPES(function)                                           \
  "(type $s (struct (field i32) (field (mut i8)) (field (mut f64)))) " \
  "(type $n (struct (field (ref func)))) (type $f (func)) " function
  const ValidationCase kCases[] = {
      {WITH_TYPES("(func (result (ref $s)) (struct.new $s (i32.const 1) "
                  "(i32.const 2) (f64.const 3)))"),
       ""},
      {WITH_TYPES("(func (result (ref $s)) (struct.new $s (i32.const 1) "
                  "(i64.const 2) (f64.const 3)))"),
       "type mismatch"},
      {WITH_TYPES("(func (result (ref $s)) (struct.new_default $s))"), ""},
      {WITH_TYPES("(func (result (ref $n)) (struct.new_default $n))"),
       "field type is not defaultable"},
      {WITH_TYPES("(func (drop (struct.new_default $f)))"),
       "type mismatch: type 2 is not a structure type"},
      {WITH_TYPES("(func (drop (struct.new_default 9)))"), "unknown type 9"},
      {WITH_TYPES("(func (param (ref null $s)) (result i32) "
                  "(struct.get $s 0 (local.get 0)))"),
       ""},
      {WITH_TYPES("(func (param (ref $s)) (result i32) "
                  "(struct.get $s 1 (local.get 0)))"),
       "field is packed"},
      {WITH_TYPES("(func (param (ref $s)) (result i32) "
                  "(struct.get_u $s 0 (local.get 0)))"),
       "field is unpacked"},
      {WITH_TYPES("(func (param (ref $s)) (result i32) "
                  "(struct.get_s $s 1 (local.get 0)))"),
       ""},
      {WITH_TYPES("(func (param (ref $s)) (drop "
                  "(struct.get $s 3 (local.get 0))))"),
       "unknown field 3"},
      {WITH_TYPES("(func (param (ref $s)) "
                  "(struct.set $s 2 (local.get 0) (f64.const 1)))"),
       ""},
      {WITH_TYPES("(func (param (ref $s)) "
                  "(struct.set $s 0 (local.get 0) (i32.const 1)))"),
       "immutable field"},
      {WITH_TYPES("(func (param (ref $n)) (drop "
                  "(struct.get $s 0 (local.get 0))))"),
       "type mismatch"},
  };
#undef WITH_TYPES
  ExpectValidation(kCases);
}

#define WITH_ARRAYS(function)                                           \
  "(type $m (array (mut i32))) (type $c (array i64)) "                  \
  "(type $p (array (mut i8))) (type $r (array (mut (ref null func)))) " \
  "(type $n (array (ref func))) (elem $e funcref) (elem $x externref) " \
  "(data $d) " function

TEST(BodyAggregate, TypesArrayAllocation) {
  const ValidationCase kCases[] = {
      {WITH_ARRAYS("(func (result (ref $m)) "
                   "(array.new $m (i32.const 1) (i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (result (ref $m)) "
                   "(array.new $m (i64.const 1) (i32.const 2)))"),
       "type mismatch"},
      {WITH_ARRAYS("(func (result (ref $c)) "
                   "(array.new_default $c (i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (result (ref $n)) "
                   "(array.new_default $n (i32.const 2)))"),
       "array type is not defaultable"},
      {WITH_ARRAYS("(func (result (ref $c)) "
                   "(array.new_fixed $c 2 (i64.const 1) (i64.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (result (ref $c)) "
                   "(array.new_fixed $c 2 (i64.const 1)))"),
       "type mismatch"},
      {WITH_ARRAYS("(func (unreachable) (drop (array.new_fixed $c 10001)))"),
       "too many elements"},
      {WITH_ARRAYS("(func (result (ref $p)) "
                   "(array.new_data $p $d (i32.const 0) (i32.const 1)))"),
       ""},
      {WITH_ARRAYS("(func (drop "
                   "(array.new_data $r $d (i32.const 0) (i32.const 1))))"),
       "array type is not numeric or vector"},
      {WITH_ARRAYS("(func (drop "
                   "(array.new_data $p 4 (i32.const 0) (i32.const 1))))"),
       "unknown data segment 4"},
      {WITH_ARRAYS("(func (result (ref $r)) "
                   "(array.new_elem $r $e (i32.const 0) (i32.const 1)))"),
       ""},
      {WITH_ARRAYS("(func (drop "
                   "(array.new_elem $r $x (i32.const 0) (i32.const 1))))"),
       "type mismatch: element segment's type"},
      {WITH_ARRAYS("(func (drop (struct.new $m)))"),
       "type mismatch: type 0 is not a structure type"},
  };
  ExpectValidation(kCases);
}

TEST(BodyAggregate, TypesArrayAccess) {
  const ValidationCase kCases[] = {
      {WITH_ARRAYS("(func (param (ref $c)) (result i64) "
                   "(array.get $c (local.get 0) (i32.const 1)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $p)) (drop "
                   "(array.get $p (local.get 0) (i32.const 1))))"),
       "array is packed"},
      {WITH_ARRAYS("(func (param (ref $c)) (drop "
                   "(array.get_s $c (local.get 0) (i32.const 1))))"),
       "array is unpacked"},
      {WITH_ARRAYS("(func (param (ref $m)) (array.set $m (local.get 0) "
                   "(i32.const 1) (i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $c)) (array.set $c (local.get 0) "
                   "(i32.const 1) (i64.const 2)))"),
       "immutable array"},
      {WITH_ARRAYS("(func (param (ref $c)) (result i32) "
                   "(array.len (local.get 0)))"),
       ""},
      {WITH_ARRAYS("(func (param anyref) (result i32) "
                   "(array.len (local.get 0)))"),
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyAggregate, TypesBulkOperations) {
  const ValidationCase kCases[] = {
      {WITH_ARRAYS("(func (param (ref $m)) (array.fill $m (local.get 0) "
                   "(i32.const 0) (i32.const 1) (i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $c)) (array.fill $c (local.get 0) "
                   "(i32.const 0) (i64.const 1) (i32.const 2)))"),
       "immutable array"},
      {WITH_ARRAYS("(func (param (ref $m)) (array.copy $m $m (local.get 0) "
                   "(i32.const 0) (local.get 0) (i32.const 1) "
                   "(i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $m) (ref $p)) (array.copy $m $p "
                   "(local.get 0) (i32.const 0) (local.get 1) (i32.const 1) "
                   "(i32.const 2)))"),
       "array types do not match"},
      {WITH_ARRAYS("(func (param (ref $r) (ref $n)) (array.copy $r $n "
                   "(local.get 0) (i32.const 0) (local.get 1) (i32.const 1) "
                   "(i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $p)) (array.init_data $p $d "
                   "(local.get 0) (i32.const 0) (i32.const 1) "
                   "(i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $r)) (array.init_data $r $d "
                   "(local.get 0) (i32.const 0) (i32.const 1) "
                   "(i32.const 2)))"),
       "array type is not numeric or vector"},
      {WITH_ARRAYS("(func (param (ref $r)) (array.init_elem $r $e "
                   "(local.get 0) (i32.const 0) (i32.const 1) "
                   "(i32.const 2)))"),
       ""},
      {WITH_ARRAYS("(func (param (ref $n)) (array.init_elem $n $e "
                   "(local.get 0) (i32.const 0) (i32.const 1) "
                   "(i32.const 2)))"),
       "immutable array"},
  };
  ExpectValidation(kCases);
}
#undef WITH_ARRAYS

}  // namespace
}  // namespace wasijit::test
