#include "compiler/text/body_printer.h"

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/text/module_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/status/status_macros.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

constexpr size_t kNoLimit = size_t{1} << 20;

absl::StatusOr<std::string> PrintLast(const Module& module,
                                      size_t max_size = kNoLimit) {
  const NameSection names;
  const Identifiers identifiers(names);
  std::string text;
  RETURN_IF_ERROR(
      BodyPrinter(module, identifiers)
          .PrintFunction(module.functions.back(), {}, max_size, text));
  return text;
}

TEST(BodyPrinter, PrintsALineForEachInstruction) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module (func (param i32) (result i32) (local f32 f32 i64)"
                  " block loop local.get 0 br_if 1 br 0 end end"
                  " local.get 0 if nop else unreachable end i32.const 1))"));
  ASSERT_OK_AND_ASSIGN(const std::string text, PrintLast(module));
  EXPECT_EQ(text, R"( (type 0) (param i32) (result i32)
    (local f32) (local f32)
    (local i64)
    block  ;; label = @1
      loop  ;; label = @2
        local.get 0
        br_if 1 (;@1;)
        br 0 (;@2;)
      end
    end
    local.get 0
    if  ;; label = @1
      nop
    else
      unreachable
    end
    i32.const 1)");
}

// Declarations of no locals at all say nothing.
TEST(BodyPrinter, LeavesOutEmptyGroupsOfLocals) {
  ASSERT_OK_AND_ASSIGN(
      const Module module,
      ParseModule("(module binary \"\\00asm\\01\\00\\00\\00\""
                  " \"\\01\\04\\01\\60\\00\\00\\03\\02\\01\\00\""
                  " \"\\0a\\08\\01\\06\\02\\00\\7f\\01\\7e\\0b\")"));
  ASSERT_OK_AND_ASSIGN(const std::string text, PrintLast(module));
  EXPECT_EQ(text, " (type 0)\n    (local i64)");
}

TEST(BodyPrinter, StopsAtTheLimit) {
  std::string body;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&body, " nop");
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ParseModule(absl::StrCat("(module (func", body, "))")));
  EXPECT_OK(PrintLast(module));
  EXPECT_THAT(PrintLast(module, 1000),
              StatusIs(absl::StatusCode::kResourceExhausted, ::testing::_));
}

TEST(BodyPrinter, PrintsConstantExpressions) {
  for (absl::string_view text :
       {"i32.const 7", "(i32.add (i32.const 1) (i32.const 2))"}) {
    ASSERT_OK_AND_ASSIGN(
        const Module module,
        ParseModule(absl::StrCat("(module (global i32 ", text, "))")));
    const NameSection names;
    const Identifiers identifiers(names);
    std::string printed;
    ASSERT_OK(BodyPrinter(module, identifiers)
                  .PrintConstExpr(module.globals[0].init, printed));
    EXPECT_THAT(printed, HasSubstr("i32.const"));
    ASSERT_OK_AND_ASSIGN(
        const Module again,
        ParseModule(absl::StrCat("(module (global i32 ", printed, "))")));
    EXPECT_EQ(*again.bytes, *module.bytes) << printed;
  }
}

}  // namespace
}  // namespace wasijit::compiler
