#include "tools/module_text.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "tools/file.h"

namespace wasijit::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

std::string Write(absl::string_view name, absl::string_view text) {
  std::string path =
      testing::TempDir() + "module_text_test_" + std::string(name);
  EXPECT_OK(WriteText(path, text));
  return path;
}

// By the contents, whatever the file is called.
TEST(ReadModule, ReadsBothFormats) {
  ASSERT_OK_AND_ASSIGN(const Module text,
                       ReadModule(Write("a.wasm", "(module (memory 1))")));
  EXPECT_EQ(text.memories.size(), 1u);
  ASSERT_OK_AND_ASSIGN(
      const Module binary,
      ReadModule(Write("b.wat", absl::string_view("\0asm\1\0\0\0", 8))));
  EXPECT_TRUE(binary.memories.empty());
}

TEST(ReadModule, NamesTheFileAndThePlace) {
  const struct {
    absl::string_view text;
    absl::string_view message;
  } kCases[] = {
      {"(module\n  (func i32.frob))", "2:9"},
      {absl::string_view("\0asm\2\0\0\0", 8), "unknown binary version"},
      {absl::string_view("\0asm\1\0\0\0\1\5", 10), "length out of bounds"},
      {"plain", "this is not WebAssembly"},
      {"", "the file is empty"},
      {absl::string_view("\0as", 3), "the file ends within its header"},
  };
  for (const auto& test : kCases) {
    const std::string path = Write("c", test.text);
    EXPECT_THAT(
        ReadModule(path),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 AllOf(HasSubstr(path), HasSubstr(std::string(test.message)))));
  }
  EXPECT_THAT(
      ReadModule("/nonexistent.wat"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent.wat")));
}

TEST(ReadValidModule, ShowsThePlaceOfWhatIsInvalid) {
  EXPECT_OK(ReadValidModule(Write("d", "(module (memory 1))")));
  EXPECT_THAT(ReadValidModule(Write("e", "(func\n  (i32.add))")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("type mismatch"), HasSubstr("2:4"))));
  // Of the binary format there is the offset.
  ASSERT_OK_AND_ASSIGN(const Module module,
                       ReadModule(Write("f", "(func\n  (i32.add))")));
  const absl::string_view bytes(
      reinterpret_cast<const char*>(module.bytes->data()),
      module.bytes->size());
  const auto invalid = ReadValidModule(Write("g", bytes));
  EXPECT_THAT(invalid, StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("offset 0x")));
  EXPECT_THAT(std::string(invalid.status().message()),
              testing::Not(HasSubstr("2:4")));
}

TEST(WithExtension, ReplacesDirectoryAndExtension) {
  EXPECT_EQ(WithExtension("dir.d/a.wat", ".wasm"), "a.wasm");
  EXPECT_EQ(WithExtension("a", ".wasm"), "a.wasm");
  EXPECT_EQ(WithExtension("a.b.wat", ".wasm"), "a.b.wasm");
}

}  // namespace
}  // namespace wasijit::tools
