#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(BodyVariable, TypesLocals) {
  const ValidationCase kCases[] = {
      {"(func (param i32) (local i64 f32) (local.set 2 (f32.const 1)))", ""},
      {"(func (param i32) (local i64) (local.set 1 (local.get 0)))",
       "type mismatch"},
      {"(func (local.get 0) (drop))", "unknown local 0"},
      {"(func (param i32) (local.set 1 (i32.const 0)))", "unknown local 1"},
      {"(func (param i32) (result i32) (local.tee 0 (i32.const 1)))", ""},
      {"(func (local (ref 9)))", "unknown type 9"},
  };
  ExpectValidation(kCases);
}

// A local without a default value has one after an assignment, until the end of
// the block.
TEST(BodyVariable, TracksInitialization) {
  const ValidationCase kCases[] = {
      {"(func (param (ref func)) (local.get 0) (drop))", ""},
      {"(func (local (ref func)) (local.get 0) (drop))", "uninitialized local"},
      {"(func (param (ref func)) (local (ref func)) "
       "(local.set 1 (local.get 0)) (local.get 1) (drop))",
       ""},
      {"(func (param (ref func)) (local (ref func)) "
       "(local.tee 1 (local.get 0)) (drop) (local.get 1) (drop))",
       ""},
      {"(func (param (ref func)) (local (ref func)) "
       "(local.set 1 (local.get 0)) (block (local.get 1) (drop)))",
       ""},
      {"(func (param (ref func)) (local (ref func)) "
       "(block (local.set 1 (local.get 0))) (local.get 1) (drop))",
       "uninitialized local"},
      {"(func (param (ref func)) (local (ref func)) (if (i32.const 1) "
       "(then (local.set 1 (local.get 0))) (else (local.get 1) (drop))))",
       "uninitialized local"},
      {"(func (param (ref func)) (local (ref func)) try "
       "local.get 0 local.set 1 catch_all local.get 1 drop end)",
       "uninitialized local"},
      {"(func (local (ref null func)) (local.get 0) (drop))", ""},
  };
  ExpectValidation(kCases);
}

TEST(BodyVariable, TypesGlobals) {
  const ValidationCase kCases[] = {
      {"(global $g (mut i32) (i32.const 1)) "
       "(func (global.set $g (global.get $g)))",
       ""},
      {"(global $g i32 (i32.const 1)) (func (global.set $g (i32.const 1)))",
       "immutable global"},
      {"(global $g (mut i32) (i32.const 1)) "
       "(func (global.set $g (i64.const 1)))",
       "type mismatch"},
      {"(func (global.get 0) (drop))", "unknown global 0"},
      {"(func (global.set 0 (i32.const 1)))", "unknown global 0"},
  };
  ExpectValidation(kCases);
}

TEST(BodyVariable, TypesDropAndSelect) {
  const ValidationCase kCases[] = {
      {"(func (drop))", "type mismatch"},
      {"(func (param externref) (drop (local.get 0)))", ""},
      {"(func (drop (select (i32.const 1) (i32.const 2) (i32.const 3))))", ""},
      {"(func (param v128) (drop (select (local.get 0) (local.get 0) "
       "(i32.const 3))))",
       ""},
      {"(func (drop (select (i32.const 1) (i64.const 2) (i32.const 3))))",
       "type mismatch"},
      {"(func (param externref) (drop (select (local.get 0) (local.get 0) "
       "(i32.const 3))))",
       "type mismatch"},
      {"(func (param externref) (drop (select (result externref) (local.get 0) "
       "(local.get 0) (i32.const 3))))",
       ""},
      {"(func (param externref) (drop (select (result i32) (local.get 0) "
       "(i32.const 1) (i32.const 3))))",
       "type mismatch"},
      {"(func (unreachable) (select (result i32 i32)) (drop) (drop))",
       "invalid result arity"},
  };
  ExpectValidation(kCases);
}

}  // namespace
}  // namespace wasijit::test
