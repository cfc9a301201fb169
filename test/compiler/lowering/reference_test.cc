#include "compiler/lowering/reference.h"

#include "gtest/gtest.h"
#include "runtime/module/value.h"
#include "test/support/running_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;

Value Extern(uint64_t bits) { return Value::Ref(ValueType::ExternRef(), bits); }

TEST(Reference, NumbersKeep31Bits) {
  ExpectCalls(R"((module
    (func (export "get") (param i32) (result i32 i32)
      (i31.get_s (ref.i31 (local.get 0))) (i31.get_u (ref.i31 (local.get 0))))
    (func (export "null") (result i32) (i31.get_s (ref.null i31)))
    (func (export "eq") (param i32 i32) (result i32)
      (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))))",
              {{"get", {Value::I32(5)}, "i32.const 5 i32.const 5"},
               {"get", {Value::I32(-1)}, "i32.const -1 i32.const 2147483647"},
               {"get",
                {Value::I32(0x40000000)},
                "i32.const -1073741824 i32.const 1073741824"},
               {"null", {}, "trap: null i31 reference"},
               {"eq", {Value::I32(3), Value::I32(3)}, "i32.const 1"},
               {"eq", {Value::I32(3), Value::I32(-2147483645)}, "i32.const 1"},
               {"eq", {Value::I32(3), Value::I32(4)}, "i32.const 0"}});
}

// Whatever goes to the other hierarchy and back is the same again.
TEST(Reference, ConversionsLoseNothing) {
  ExpectCalls(R"((module
    (type $s (struct (field i32)))
    (func (export "extern") (param externref) (result externref)
      (extern.convert_any (any.convert_extern (local.get 0))))
    (func (export "is") (param externref) (result i32 i32 i32)
      (ref.test (ref any) (any.convert_extern (local.get 0)))
      (ref.test (ref eq) (any.convert_extern (local.get 0)))
      (ref.is_null (any.convert_extern (local.get 0))))
    (func (export "any") (result i32 i32 i32)
      (local (ref $s)) 
      (local.set 0 (struct.new $s (i32.const 3)))
      (ref.eq (local.get 0) (ref.cast eqref
        (any.convert_extern (extern.convert_any (local.get 0)))))
      (i31.get_s (ref.cast i31ref (any.convert_extern
        (extern.convert_any (ref.i31 (i32.const -9))))))
      (ref.is_null (extern.convert_any (ref.null none))))))",
              {{"extern", {Extern(7)}, "externref"},
               {"extern", {Extern(0)}, "ref.null extern"},
               {"is", {Extern(7)}, "i32.const 1 i32.const 0 i32.const 0"},
               {"is", {Extern(0)}, "i32.const 0 i32.const 0 i32.const 1"},
               {"any", {}, "i32.const 1 i32.const -9 i32.const 1"}});
}

TEST(Reference, NullsAreSeen) {
  ExpectCalls(R"((module
    (type $s (struct))
    (func (export "as") (param i32) (result i32)
      (local (ref null $s))
      (if (local.get 0) (then (local.set 1 (struct.new $s))))
      (ref.is_null (ref.as_non_null (local.get 1))))
    (func (export "on_null") (param i32) (result i32)
      (local (ref null $s))
      (if (local.get 0) (then (local.set 1 (struct.new $s))))
      (block $null
        (drop (br_on_null $null (local.get 1))) (return (i32.const 1)))
      (i32.const 2))
    (func (export "on_non_null") (param i32) (result i32)
      (local (ref null $s))
      (if (local.get 0) (then (local.set 1 (struct.new $s))))
      (block $found (result (ref $s))
        (br_on_non_null $found (local.get 1)) (return (i32.const 1)))
      (drop) (i32.const 2))))",
              {{"as", {Value::I32(1)}, "i32.const 0"},
               {"as", {Value::I32(0)}, "trap: null reference"},
               {"on_null", {Value::I32(1)}, "i32.const 1"},
               {"on_null", {Value::I32(0)}, "i32.const 2"},
               {"on_non_null", {Value::I32(1)}, "i32.const 2"},
               {"on_non_null", {Value::I32(0)}, "i32.const 1"}});
}

}  // namespace
}  // namespace wasijit::compiler
