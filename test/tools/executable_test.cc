#include "tools/executable.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "tools/file.h"

namespace wasijit::tools {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::wasijit::test::StatusIs;
using Bytes = std::vector<uint8_t>;

std::string Write(const Bytes& bytes) {
  const std::string path = testing::TempDir() + "/executable_test_file";
  EXPECT_OK(WriteFile(path, bytes));
  return path;
}

TEST(Executable, HoldsAProgram) {
  const Bytes file = WriteExecutable(
      {1, 2, 3}, {.image = {4, 5}, .options = {"--dir", "a b", "", "x"}});
  EXPECT_EQ(Bytes(file.begin(), file.begin() + 5), (Bytes{1, 2, 3, 4, 5}));
  ASSERT_OK_AND_ASSIGN(const EmbeddedProgram program,
                       ReadEmbeddedProgram(Write(file)));
  EXPECT_THAT(program.image, ElementsAre(4, 5));
  EXPECT_THAT(program.options, ElementsAre("--dir", "a b", "", "x"));
}

TEST(Executable, NeedsNoOptions) {
  ASSERT_OK_AND_ASSIGN(const EmbeddedProgram program,
                       ReadEmbeddedProgram(Write(WriteExecutable(
                           {}, {.image = {7}, .options = {}}))));
  EXPECT_THAT(program.image, ElementsAre(7));
  EXPECT_THAT(program.options, IsEmpty());
}

TEST(ReadEmbeddedProgram, SaysWhenThereIsNone) {
  EXPECT_THAT(ReadEmbeddedProgram("/nowhere/at/all"),
              StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(ReadEmbeddedProgram(Write({})),
              StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(ReadEmbeddedProgram("/proc/self/exe"),
              StatusIs(absl::StatusCode::kNotFound, _));
}

TEST(ReadEmbeddedProgram, SurvivesDamage) {
  const Bytes file =
      WriteExecutable({1, 2, 3}, {.image = {4, 5}, .options = {"--dir", "a"}});
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(
        ReadEmbeddedProgram(Write({file.begin(), file.begin() + size})).ok());
  }
  // What lies before the footer is not checked here.
  for (size_t i = file.size() - 24; i < file.size(); ++i) {
    for (const uint8_t bits : {0x01, 0x80, 0xff}) {
      Bytes damaged = file;
      damaged[i] ^= bits;
      ReadEmbeddedProgram(Write(damaged)).IgnoreError();
    }
  }
}

}  // namespace
}  // namespace wasijit::tools
