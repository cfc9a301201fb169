#include "compiler/lowering/lowerable.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::StatusIs;

TEST(CheckLowerable, AcceptsOrdinaryModules) {
  for (const char* wat : {
           "(module)",
           "(module (memory i64 1) (table i64 1 funcref))",
           "(module (memory 1) (memory 2) (func (drop (i32.load 1 "
           "(i32.const 0)))))",
           "(module (type $t (func)) (func (param (ref null $t)) "
           "(call_ref $t (local.get 0))))",
           "(module (func (drop (ref.null nofunc))))",
           "(module (tag) (table 1 exnref) (func (try_table)))",
           "(module (type (array exnref)) (type (struct (field (ref exn)))))",
           "(module (memory 1 1 shared) (func (atomic.fence)))",
           "(module (type $s (sub (struct (field i32)))) (type (array anyref)) "
           "(table 1 eqref) (global i31ref (ref.null i31)) "
           "(func (param (ref $s)) (result i32) (local arrayref) "
           "(ref.test (ref $s) (local.get 0))))",
       }) {
    ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(wat));
    EXPECT_OK(CheckLowerable(module)) << wat;
  }
}

// Each refusal names what is not implemented.
TEST(CheckLowerable, RefusesWhatIsNotImplemented) {
  const struct {
    const char* wat;
    const char* message;
  } kCases[] = {
      {"(module (rec (type (descriptor 1) (struct)) "
       "(type (describes 0) (struct))))",
       "descriptor"},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(test.wat));
    EXPECT_THAT(
        CheckLowerable(module),
        StatusIs(absl::StatusCode::kUnimplemented, HasSubstr(test.message)))
        << test.wat;
  }
}

}  // namespace
}  // namespace wasijit::compiler
