#include "compiler/jit/listing.h"

#include <string>

#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/compile_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::StatusIs;

constexpr absl::string_view kWat = R"(
  (module
    (memory 1)
    (func (param i32) (result i32)
      (i32.add (i32.load offset=4 (local.get 0))
        (i32.add (i32.const 1) (i32.const 2)))))
)";

TEST(ListModule, SaysWhereLinesComeFrom) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(kWat));
  CompileOptions options;
  options.instruction_set = InstructionSet::kX86_64;
  options.cpu = "baseline";
  // The load is at 0x1b.
  EXPECT_THAT(
      ListModule(module, options, ListingKind::kLocated),
      IsOkAndHolds(
          AllOf(testing::StartsWith("F 0\nI - "),
                testing::ContainsRegex("\nI [1-9][0-9]*   .*load i32"),
                testing::ContainsRegex("\nA [1-9][0-9]* \tmov.*4.%r13,%rdi"))));
}

TEST(ListModule, WritesOneObject) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(kWat));
  EXPECT_THAT(ListModule(module, {}, ListingKind::kObject),
              IsOkAndHolds(testing::StartsWith("\x7f"
                                               "ELF")));
  ASSERT_OK_AND_ASSIGN(const Module empty, ModuleFromWat("(module)"));
  EXPECT_THAT(ListModule(empty, {}, ListingKind::kObject),
              IsOkAndHolds(testing::StartsWith("\x7f"
                                               "ELF")));
}

TEST(ListModule, ShowsTheStages) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(kWat));
  const struct {
    ListingKind kind;
    InstructionSet instruction_set;
    const char* contains;
    const char* lacks;
  } kCases[] = {
      {ListingKind::kLlvmIr, InstructionSet::kX86_64, "trunc i64", "(%r13"},
      {ListingKind::kOptimizedLlvmIr, InstructionSet::kX86_64,
       "getelementptr inbounds nuw i8, ptr %0, i64 %1", "trunc"},
      {ListingKind::kAssembly, InstructionSet::kX86_64, "4(%r13,%rdi)",
       "define"},
      {ListingKind::kAssembly, InstructionSet::kAArch64, "x20", "define"},
  };
  for (const auto& test : kCases) {
    CompileOptions options;
    options.instruction_set = test.instruction_set;
    options.cpu = "baseline";
    // Locations would bury the code.
    EXPECT_THAT(ListModule(module, options, test.kind),
                IsOkAndHolds(AllOf(HasSubstr("f0"), HasSubstr(test.contains),
                                   Not(HasSubstr(test.lacks)),
                                   Not(HasSubstr("DILocation")),
                                   Not(HasSubstr(".debug")))))
        << test.contains;
  }
}

TEST(ListModule, FollowsTheOptions) {
  ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(kWat));
  CompileOptions options;
  options.cpu = "baseline";
  options.instruction_set = InstructionSet::kX86_64;
  options.level = OptimizationLevel::kNone;
  EXPECT_THAT(ListModule(module, options, ListingKind::kOptimizedLlvmIr),
              IsOkAndHolds(HasSubstr("trunc i64")));
  options.bounds_checks = BoundsChecks::kExplicit;
  EXPECT_THAT(ListModule(module, options, ListingKind::kLlvmIr),
              IsOkAndHolds(HasSubstr("ubsantrap")));
  options.strict_traps = true;
  EXPECT_THAT(ListModule(module, options, ListingKind::kLlvmIr),
              IsOkAndHolds(HasSubstr("load volatile")));
  options.cpu = "abacus";
  EXPECT_THAT(
      ListModule(module, options, ListingKind::kLlvmIr),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("abacus")));
}

}  // namespace
}  // namespace wasijit::compiler
