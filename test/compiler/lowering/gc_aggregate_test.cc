#include "compiler/lowering/gc_aggregate.h"

#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;

Value I(int32_t value) { return Value::I32(value); }

TEST(GcAggregate, FieldsKeepWhatIsPutInThem) {
  ExpectCalls(R"((module
    (type $s (struct (field (mut i8)) (field (mut i16)) (field (mut i32))
                     (field (mut i64)) (field (mut f32)) (field (mut f64))
                     (field (mut v128)) (field (mut anyref))
                     (field (mut externref)) (field (mut funcref))))
    (global $g (mut (ref null $s)) (ref.null $s))
    (func $f (export "f"))
    (func (export "make") (param i32)
      (global.set $g (struct.new $s
        (local.get 0) (local.get 0) (local.get 0)
        (i64.extend_i32_s (local.get 0)) (f32.convert_i32_s (local.get 0))
        (f64.convert_i32_s (local.get 0)) (i32x4.splat (local.get 0))
        (ref.i31 (local.get 0)) (ref.null extern) (ref.func $f))))
    (func (export "packed") (result i32 i32 i32 i32)
      (struct.get_s $s 0 (global.get $g)) (struct.get_u $s 0 (global.get $g))
      (struct.get_s $s 1 (global.get $g)) (struct.get_u $s 1 (global.get $g)))
    (func (export "others") (result i32 i64 f32 f64 i32 i32 i32 i32)
      (struct.get $s 2 (global.get $g)) (struct.get $s 3 (global.get $g))
      (struct.get $s 4 (global.get $g)) (struct.get $s 5 (global.get $g))
      (i32x4.extract_lane 3 (struct.get $s 6 (global.get $g)))
      (i31.get_s (ref.cast (ref i31) (struct.get $s 7 (global.get $g))))
      (ref.is_null (struct.get $s 8 (global.get $g)))
      (ref.is_null (struct.get $s 9 (global.get $g))))
    (func (export "default") (result i32 i32)
      (local (ref null $s))
      (local.set 0 (struct.new_default $s))
      (i32.add (struct.get_s $s 0 (local.get 0))
               (struct.get $s 2 (local.get 0)))
      (ref.is_null (struct.get $s 7 (local.get 0))))
    (func (export "set") (param i32)
      (struct.set $s 1 (global.get $g) (local.get 0)))))",
              {{"packed", {}, "trap: null structure reference"},
               {"make", {I(-2)}, ""},
               {"packed",
                {},
                "i32.const -2 i32.const 254 i32.const -2 i32.const 65534"},
               {"others",
                {},
                "i32.const -2 i64.const -2 f32.const -2 f64.const -2 "
                "i32.const -2 i32.const -2 i32.const 1 i32.const 0"},
               {"set", {I(0x12345)}, ""},
               {"packed",
                {},
                "i32.const -2 i32.const 254 i32.const 9029 i32.const 9029"},
               {"default", {}, "i32.const 0 i32.const 1"}});
}

TEST(GcAggregate, ArraysHaveTheirElementsAndNoOthers) {
  ExpectCalls(
      R"((module
    (type $a (array (mut i16)))
    (global $g (mut (ref null $a)) (ref.null $a))
    (func (export "make") (param i32 i32)
      (global.set $g (array.new $a (local.get 0) (local.get 1))))
    (func (export "default") (param i32)
      (global.set $g (array.new_default $a (local.get 0))))
    (func (export "fixed")
      (global.set $g (array.new_fixed $a 3
        (i32.const 1) (i32.const -1) (i32.const 3))))
    (func (export "len") (result i32) (array.len (global.get $g)))
    (func (export "get") (param i32) (result i32 i32)
      (array.get_s $a (global.get $g) (local.get 0))
      (array.get_u $a (global.get $g) (local.get 0)))
    (func (export "set") (param i32 i32)
      (array.set $a (global.get $g) (local.get 0) (local.get 1)))
    (func (export "fill") (param i32 i32 i32)
      (array.fill $a (global.get $g) (local.get 0) (local.get 1)
        (local.get 2)))
    (func (export "copy") (param i32 i32 i32)
      (array.copy $a $a (global.get $g) (local.get 0) (global.get $g)
        (local.get 1) (local.get 2)))))",
      {{"len", {}, "trap: null array reference"},
       {"make", {I(-5), I(4)}, ""},
       {"len", {}, "i32.const 4"},
       {"get", {I(3)}, "i32.const -5 i32.const 65531"},
       {"get", {I(4)}, "trap: out of bounds array access"},
       {"get", {I(-1)}, "trap: out of bounds array access"},
       {"set", {I(4), I(0)}, "trap: out of bounds array access"},
       {"set", {I(2), I(7)}, ""},
       {"get", {I(2)}, "i32.const 7 i32.const 7"},
       {"copy", {I(0), I(1), I(3)}, ""},
       {"get", {I(1)}, "i32.const 7 i32.const 7"},
       {"get", {I(3)}, "i32.const -5 i32.const 65531"},
       {"copy", {I(1), I(0), I(4)}, "trap: out of bounds array access"},
       {"copy", {I(4), I(4), I(0)}, ""},
       {"copy", {I(5), I(4), I(0)}, "trap: out of bounds array access"},
       {"fill", {I(1), I(9), I(2)}, ""},
       {"get", {I(2)}, "i32.const 9 i32.const 9"},
       {"get", {I(3)}, "i32.const -5 i32.const 65531"},
       {"fill", {I(2), I(9), I(-1)}, "trap: out of bounds array access"},
       {"fixed", {}, ""},
       {"get", {I(1)}, "i32.const -1 i32.const 65535"},
       {"default", {I(0)}, ""},
       {"len", {}, "i32.const 0"},
       {"default", {I(100000)}, ""},
       {"get", {I(99999)}, "i32.const 0 i32.const 0"},
       {"default", {I(-1)}, "trap: allocation size too large"}});
}

// Objects with descriptors, made by code and by initialisers; the fields of the
// base, which has no descriptor, stay where they are.
TEST(GcAggregate, ObjectsHaveTheirDescriptor) {
  ExpectCalls(R"((module
    (rec (type $base (sub (struct (field (mut i32))))))
    (rec (type $a (sub $base (descriptor $d)
           (struct (field (mut i32)) (field i64))))
         (type $d (sub (describes $a) (descriptor $m) (struct (field i32))))
         (type $m (sub (describes $d) (struct (field i32)))))
    (global $m1 (ref (exact $m)) (struct.new $m (i32.const 100)))
    (global $d1 (ref (exact $d))
      (struct.new_desc $d (i32.const 10) (global.get $m1)))
    (global $a1 (mut (ref $a))
      (struct.new_default_desc $a (global.get $d1)))
    (func (export "make") (param i32 i64 i32)
      (global.set $a1 (struct.new_desc $a (local.get 0) (local.get 1)
        (struct.new_desc $d (local.get 2) (global.get $m1)))))
    (func (export "fields") (result i32 i32 i64)
      (struct.get $base 0 (global.get $a1))
      (struct.get $a 0 (global.get $a1))
      (struct.get $a 1 (global.get $a1)))
    (func (export "descriptors") (result i32 i32)
      (struct.get $d 0 (ref.get_desc $a (global.get $a1)))
      (struct.get $m 0 (ref.get_desc $d (ref.get_desc $a (global.get $a1)))))
    (func (export "is first") (result i32)
      (ref.eq (global.get $d1) (ref.get_desc $a (global.get $a1))))
    (func (export "of null") (drop (ref.get_desc $a (ref.null none))))
    (func (export "without") (param i32)
      (drop (struct.new_default_desc $a (ref.null none))))))",
              {{"fields", {}, "i32.const 0 i32.const 0 i64.const 0"},
               {"descriptors", {}, "i32.const 10 i32.const 100"},
               {"is first", {}, "i32.const 1"},
               {"make", {I(5), Value::I64(6), I(7)}, ""},
               {"fields", {}, "i32.const 5 i32.const 5 i64.const 6"},
               {"descriptors", {}, "i32.const 7 i32.const 100"},
               {"is first", {}, "i32.const 0"},
               {"of null", {}, "trap: null reference"},
               {"without", {I(0)}, "trap: null descriptor reference"}});
}

TEST(GcAggregate, SegmentsFillArrays) {
  ExpectCalls(
      R"((module
    (type $a (array (mut i32)))
    (type $r (array (mut funcref)))
    (data $d "\01\00\00\00\02\00\00\00\03\00")
    (elem $e func $f $f)
    (func $f)
    (func (export "new") (param i32 i32) (result i32)
      (array.get $a (array.new_data $a $d (local.get 0) (local.get 1))
        (i32.const 0)))
    (func (export "init") (param i32 i32 i32) (result i32)
      (local (ref null $a))
      (local.set 3 (array.new_default $a (i32.const 2)))
      (array.init_data $a $d (local.get 3) (local.get 0) (local.get 1)
        (local.get 2))
      (array.get $a (local.get 3) (i32.const 1)))
    (func (export "new_elem") (param i32 i32) (result i32)
      (array.len (array.new_elem $r $e (local.get 0) (local.get 1))))
    (func (export "init_elem") (param i32 i32 i32) (result i32)
      (local (ref null $r))
      (local.set 3 (array.new_default $r (i32.const 2)))
      (array.init_elem $r $e (local.get 3) (local.get 0) (local.get 1)
        (local.get 2))
      (ref.is_null (array.get $r (local.get 3) (i32.const 1))))
    (func (export "drop") (data.drop $d) (elem.drop $e))))",
      {{"new", {I(4), I(1)}, "i32.const 2"},
       {"new", {I(4), I(2)}, "trap: out of bounds memory access"},
       {"new", {I(0), I(-1)}, "trap: out of bounds memory access"},
       {"init", {I(1), I(0), I(1)}, "i32.const 1"},
       {"init", {I(0), I(0), I(2)}, "i32.const 2"},
       {"init", {I(1), I(0), I(2)}, "trap: out of bounds array access"},
       {"init", {I(0), I(7), I(1)}, "trap: out of bounds memory access"},
       {"new_elem", {I(0), I(2)}, "i32.const 2"},
       {"new_elem", {I(1), I(2)}, "trap: out of bounds table access"},
       {"init_elem", {I(1), I(0), I(1)}, "i32.const 0"},
       {"init_elem", {I(0), I(0), I(1)}, "i32.const 1"},
       {"init_elem", {I(0), I(1), I(2)}, "trap: out of bounds table access"},
       {"drop", {}, ""},
       {"new", {I(0), I(1)}, "trap: out of bounds memory access"},
       {"new_elem", {I(0), I(1)}, "trap: out of bounds table access"},
       {"new_elem", {I(0), I(0)}, "i32.const 0"}});
}

}  // namespace
}  // namespace wasijit::compiler
