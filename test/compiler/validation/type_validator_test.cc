#include "compiler/validation/type_validator.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "test/compiler/validation/validation_cases.h"

namespace wasijit::test {
namespace {

TEST(TypeValidator, DemandsThatTypesExist) {
  const ValidationCase kCases[] = {
      {"(type (func (param (ref 0))))", ""},
      {"(type (func (param (ref 1)))) (type (func))", "unknown type 1"},
      {"(rec (type (func (param (ref 1)))) (type (func)))", ""},
      {"(type (struct (field (ref 7))))", "unknown type 7"},
      {"(type (array (ref 7)))", "unknown type 7"},
      {"(type (sub 7 (struct)))", "unknown type 7"},
      {"(rec (type (sub 1 (struct))) (type (sub (struct))))",
       "forward use of type 1"},
      {"(type (sub 0 (struct)))", "forward use of type 0"},
  };
  ExpectValidation(kCases);
}

TEST(TypeValidator, DemandsThatSubtypesMatch) {
  const ValidationCase kCases[] = {
      {"(type (sub (struct))) (type (sub 0 (struct (field i32))))", ""},
      {"(type (struct)) (type (sub 0 (struct)))",
       "sub type 1 has final super type 0"},
      {"(type (sub (struct))) (type (sub 0 (func)))",
       "sub type 1 does not match super type 0"},
      {"(type (sub (struct (field i32)))) (type (sub 0 (struct)))",
       "sub type 1 does not match super type 0"},
      // Depth only in immutable fields.
      {"(type (sub (struct (field anyref)))) "
       "(type (sub 0 (struct (field i31ref))))",
       ""},
      {"(type (sub (struct (field (mut anyref))))) "
       "(type (sub 0 (struct (field (mut i31ref)))))",
       "sub type 1 does not match super type 0"},
      {"(type (sub (struct (field i32)))) "
       "(type (sub 0 (struct (field (mut i32)))))",
       "sub type 1 does not match super type 0"},
      {"(type (sub (array i8))) (type (sub 0 (array i16)))",
       "sub type 1 does not match super type 0"},
      // Contravariant parameters, covariant results.
      {"(type (sub (func (param i31ref) (result anyref)))) "
       "(type (sub 0 (func (param anyref) (result i31ref))))",
       ""},
      {"(type (sub (func (param anyref)))) "
       "(type (sub 0 (func (param i31ref))))",
       "sub type 1 does not match super type 0"},
  };
  ExpectValidation(kCases);
}

TEST(TypeValidator, DemandsThatDescriptorsAgree) {
  const ValidationCase kCases[] = {
      {"(rec (type (descriptor 1) (struct)) (type (describes 0) (struct)))",
       ""},
      {"(type (descriptor 1) (struct)) (type (describes 0) (struct))",
       "descriptor type is outside rec group"},
      {"(rec (type (descriptor 1) (struct)) (type (struct)))",
       "type is not described by its descriptor"},
      {"(rec (type (struct)) (type (describes 0) (struct)))",
       "described type is not described by descriptor"},
      {"(rec (type (describes 1) (struct)) (type (descriptor 0) (struct)))",
       "forward use of described type"},
      {"(rec (type (descriptor 1) (array i8)) (type (describes 0) (struct)))",
       "descriptor type must be a struct"},
      {"(rec (type (descriptor 1) (struct)) (type (describes 0) (func)))",
       "described type must be a struct"},
      {"(rec (type (sub (descriptor 1) (struct))) "
       "(type (sub (describes 0) (struct)))) (type (sub 0 (struct)))",
       "sub type 2 does not match super type 0"},
  };
  ExpectValidation(kCases);
}

TEST(TypeValidator, LimitsTheDepthOfSubtyping) {
  std::string fields = "(type (sub (struct)))";
  for (uint32_t i = 0; i < kMaxSubtypingDepth; ++i) {
    absl::StrAppend(&fields, "(type (sub ", i, " (struct)))");
  }
  EXPECT_OK(Validate(fields));
  absl::StrAppend(&fields, "(type (sub ", kMaxSubtypingDepth, " (struct)))");
  EXPECT_THAT(Validate(fields),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("subtyping chain")));
}

// Equal groups are one type, wherever they stand.
TEST(TypeValidator, ComparesTypesByStructure) {
  const ValidationCase kCases[] = {
      {"(type $a (func (param i32))) (type $b (func (param i32))) "
       "(func (param (ref $a)) (result (ref $b)) (local.get 0))",
       ""},
      {"(type $a (struct)) (rec (type $b (struct)) (type (struct))) "
       "(func (param (ref $a)) (result (ref $b)) (local.get 0))",
       "type mismatch: instruction requires [(ref 1)] but stack has [(ref 0)]"},
  };
  ExpectValidation(kCases);
}

}  // namespace
}  // namespace wasijit::test
