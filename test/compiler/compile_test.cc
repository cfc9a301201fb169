#include "compiler/compile.h"

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/jit/compile_options.h"
#include "compiler/syntax/features.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::StatusIs;

std::vector<uint8_t> BytesFromWat(absl::string_view wat) {
  absl::StatusOr<Module> module = ModuleFromWat(wat);
  EXPECT_OK(module);
  return module.ok() ? *module->bytes : std::vector<uint8_t>();
}

TEST(Compile, TurnsBytesIntoAnImage) {
  const std::vector<uint8_t> bytes =
      BytesFromWat("(module (func (result i32) (i32.const 42)))");
  ASSERT_OK_AND_ASSIGN(const CodeImage image, Compile(bytes, {}));
  EXPECT_THAT(image.code, Not(IsEmpty()));
  ASSERT_EQ(image.functions.size(), 1u);
  EXPECT_EQ(*image.module->bytes, bytes);
}

TEST(Compile, ReportsTheErrorsOfEveryStage) {
  const std::vector<uint8_t> valid =
      BytesFromWat("(module (func (result v128) (v128.const i64x2 1 2)))");
  CompileOptions unknown_cpu;
  unknown_cpu.cpu = "abacus";
  CompileOptions without_vectors;
  without_vectors.features.Remove(Feature::kSimd);
  std::vector<uint8_t> truncated = valid;
  truncated.pop_back();
  const struct {
    std::vector<uint8_t> bytes;
    CompileOptions options;
    const char* message;
  } kCases[] = {
      {truncated, {}, "unexpected end"},
      {valid, without_vectors, "simd"},
      {valid, unknown_cpu, "abacus"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(
        Compile(test.bytes, test.options),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
  }
}

}  // namespace
}  // namespace wasijit::compiler
