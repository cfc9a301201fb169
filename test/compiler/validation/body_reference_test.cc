#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(BodyReference, TypesNullsAndFunctions) {
  const ValidationCase kCases[] = {
      {"(func (result funcref) (ref.null func))", ""},
      {"(func (result funcref) (ref.null nofunc))", ""},
      {"(func (result funcref) (ref.null extern))", "type mismatch"},
      {"(func (drop (ref.null 5)))", "unknown type 5"},
      {"(func (result i32) (ref.is_null (ref.null func)))", ""},
      {"(func (result i32) (ref.is_null (i32.const 1)))",
       "type mismatch: instruction requires reference type but stack has i32"},
      {"(func $f (export \"f\") (drop (ref.func $f)))", ""},
      {"(func $f (drop (ref.func $f)))", "undeclared function reference 0"},
      {"(func $f (drop (ref.func 3)))", "unknown function 3"},
      {"(type $t (func)) (elem declare func $f) (func $f (type $t)) "
       "(func (result (ref $t)) (ref.func $f))",
       ""},
      {"(func (param funcref) (result (ref func)) "
       "(ref.as_non_null (local.get 0)))",
       ""},
      {"(func (param i31ref i31ref) (result i32) "
       "(ref.eq (local.get 0) (local.get 1)))",
       ""},
      {"(func (param anyref anyref) (result i32) "
       "(ref.eq (local.get 0) (local.get 1)))",
       "type mismatch"},
  };
  ExpectValidation(kCases);
}

TEST(BodyReference, TypesBranchesOnNull) {
  const ValidationCase kCases[] = {
      {"(func (param funcref) (result (ref func)) "
       "(block $n (return (br_on_null $n (local.get 0)))) (unreachable))",
       ""},
      {"(func (param i32) (br_on_null 0 (local.get 0)) (drop))",
       "type mismatch"},
      {"(func (param funcref) (block $b (result (ref func)) "
       "(br_on_non_null $b (local.get 0)) (unreachable)) (drop))",
       ""},
      {"(func (param funcref) (block $b (br_on_non_null $b (local.get 0))))",
       "type mismatch: instruction requires reference type but label has []"},
  };
  ExpectValidation(kCases);
}

TEST(BodyReference, TypesCasts) {
  const ValidationCase kCases[] = {
      {"(func (param anyref) (result i32) (ref.test i31ref (local.get 0)))",
       ""},
      {"(func (param funcref) (result i32) (ref.test i31ref (local.get 0)))",
       "type mismatch"},
      {"(func (param anyref) (result (ref struct)) "
       "(ref.cast (ref struct) (local.get 0)))",
       ""},
      {"(func (param anyref) (result (ref struct)) "
       "(ref.cast structref (local.get 0)))",
       "type mismatch"},
      {"(func (param anyref) (drop (ref.cast (ref 7) (local.get 0))))",
       "unknown type 7"},
      {"(func (param externref) (result anyref) "
       "(any.convert_extern (local.get 0)))",
       ""},
      {"(func (param (ref any)) (result (ref extern)) "
       "(extern.convert_any (local.get 0)))",
       ""},
      {"(func (param externref) (result (ref any)) "
       "(any.convert_extern (local.get 0)))",
       "type mismatch"},
      {"(func (result i32) (i31.get_u (ref.i31 (i32.const 1))))", ""},
  };
  ExpectValidation(kCases);
}

TEST(BodyReference, TypesBranchingCasts) {
  const ValidationCase kCases[] = {
      {"(func (param anyref) (result (ref i31)) "
       "(br_on_cast 0 anyref (ref i31) (local.get 0)) (unreachable))",
       ""},
      {"(func (param anyref) (result (ref any)) (block $b (result i31ref) "
       "(return (br_on_cast $b anyref i31ref (local.get 0)))) (unreachable))",
       ""},
      {"(func (param anyref) (result i31ref) "
       "(br_on_cast 0 anyref structref (local.get 0)) (unreachable))",
       "type mismatch: instruction requires type structref but label has "
       "[i31ref]"},
      {"(func (param anyref) (result anyref) "
       "(br_on_cast_fail 0 anyref (ref i31) (local.get 0)))",
       ""},
      {"(func (param anyref) (result funcref) "
       "(br_on_cast 0 anyref funcref (local.get 0)))",
       "type mismatch on cast"},
  };
  ExpectValidation(kCases);
}

// The proposal allows casts to any type of the same hierarchy.
TEST(BodyReference, DemandsSubtypesOfBranchingCastsWithoutCustomDescriptors) {
  const char* const kFields =
      "(func (param structref) (result anyref) "
      "(br_on_cast 0 structref arrayref (local.get 0)))";
  EXPECT_OK(Validate(kFields));
  EXPECT_THAT(Validate(kFields, compiler::FeatureSet::Default()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::StartsWith("type mismatch on cast")));
}

TEST(BodyReference, TypesDescriptors) {
#define WITH_TYPES(function)                 \
  "(rec (type $a (descriptor $b) (struct)) " \
  "     (type $b (describes $a) (struct))) " \
  "(type $c (struct)) " function
  const ValidationCase kCases[] = {
      {WITH_TYPES("(func (param (ref null (exact $b))) (result (ref (exact "
                  "$a))) (struct.new_desc $a (local.get 0)))"),
       ""},
      {WITH_TYPES("(func (param (ref null $b)) (result (ref $a)) "
                  "(struct.new_desc $a (local.get 0)))"),
       "type mismatch"},
      {WITH_TYPES("(func (result (ref $a)) (struct.new $a))"),
       "type with descriptor requires descriptor allocation"},
      {WITH_TYPES("(func (param (ref (exact $b))) (result (ref $c)) "
                  "(struct.new_desc $c (local.get 0)))"),
       "type without descriptor requires non-descriptor allocation"},
      {WITH_TYPES("(func (param (ref $a)) (result (ref $b)) "
                  "(ref.get_desc $a (local.get 0)))"),
       ""},
      // As exact as the operand.
      {WITH_TYPES("(func (param (ref $a)) (result (ref (exact $b))) "
                  "(ref.get_desc $a (local.get 0)))"),
       "type mismatch"},
      {WITH_TYPES("(func (param (ref (exact $a))) (result (ref (exact $b))) "
                  "(ref.get_desc $a (local.get 0)))"),
       ""},
      {WITH_TYPES("(func (param (ref $c)) "
                  "(drop (ref.get_desc $c (local.get 0))))"),
       "type without descriptor 2"},
      {WITH_TYPES("(func (param anyref (ref null $b)) (result (ref $a)) "
                  "(ref.cast_desc_eq (ref $a) (local.get 0) (local.get 1)))"),
       ""},
      {WITH_TYPES("(func (param anyref (ref null $b)) (result (ref $c)) "
                  "(ref.cast_desc_eq (ref $c) (local.get 0) (local.get 1)))"),
       "type 2 does not have a descriptor"},
      {WITH_TYPES("(func (param anyref (ref null $b)) (result (ref $a)) "
                  "(br_on_cast_desc_eq 0 anyref (ref $a) (local.get 0) "
                  "(local.get 1)) (unreachable))"),
       ""},
  };
#undef WITH_TYPES
  ExpectValidation(kCases);
}

}  // namespace
}  // namespace wasijit::test
