#include "tools/program_context.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "tools/command_line.h"

namespace wasijit::tools {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::wasijit::test::StatusIs;

using Words = std::vector<std::string>;

wasi::ContextOptions ContextOf(const Words& words) {
  absl::StatusOr<CommandLine> line = CommandLine::Parse(words);
  EXPECT_OK(line);
  absl::StatusOr<wasi::WasiOptions> options = WasiOptionsOf(*line);
  EXPECT_OK(options);
  return options->context;
}

TEST(ProgramContext, ArgumentsFollowTheNameOfTheFile) {
  EXPECT_THAT(ContextOf({"dir/p.wasm"}).args, ElementsAre("p.wasm"));
  EXPECT_THAT(ContextOf({"p.wasm", "a", "", "--dir"}).args,
              ElementsAre("p.wasm", "a", "", "--dir"));
  EXPECT_THAT(ContextOf({"--argv0", "name", "p.wasm", "a"}).args,
              ElementsAre("name", "a"));
}

TEST(ProgramContext, TheEnvironmentIsWhatWasGiven) {
  setenv("WASIJIT_TEST_SET", "from outside", 1);
  unsetenv("WASIJIT_TEST_UNSET");
  EXPECT_THAT(ContextOf({"p.wasm"}).env, IsEmpty());
  EXPECT_THAT(
      ContextOf({"--env", "A=1", "--env", "B=x=y", "--env", "EMPTY=", "--env",
                 "WASIJIT_TEST_SET", "--env", "WASIJIT_TEST_UNSET", "p.wasm"})
          .env,
      ElementsAre("A=1", "B=x=y", "EMPTY=", "WASIJIT_TEST_SET=from outside"));
  EXPECT_THAT(ContextOf({"--env", "A=1", "--env", "A=2", "p.wasm"}).env,
              ElementsAre("A=2"));
  EXPECT_THAT(ContextOf({"-S", "inherit-env", "--env", "WASIJIT_TEST_SET=new",
                         "p.wasm"})
                  .env,
              Contains("WASIJIT_TEST_SET=new"));
}

TEST(ProgramContext, RejectsAVariableWithoutAName) {
  for (const char* text : {"=x", ""}) {
    absl::StatusOr<CommandLine> line =
        CommandLine::Parse(Words{"--env", text, "p.wasm"});
    ASSERT_OK(line);
    EXPECT_THAT(
        WasiOptionsOf(*line),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--env")));
  }
}

TEST(ParsePreopen, NamesDirectoriesOnBothSides) {
  const struct {
    const char* text;
    const char* host;
    const char* guest;
    bool read_only;
  } kCases[] = {
      {".", ".", ".", false},          {"/a/b", "/a/b", "/a/b", false},
      {"a::/x", "a", "/x", false},     {"a::/x::ro", "a", "/x", true},
      {"a:b::/x", "a:b", "/x", false},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(wasi::Preopen preopen, ParsePreopen(test.text));
    EXPECT_EQ(preopen.host, test.host);
    EXPECT_EQ(preopen.guest, test.guest);
    EXPECT_EQ(preopen.read_only, test.read_only);
  }
  for (const char* text :
       {"", "::", "a::", "::/x", "a::b::", "a::b::rw", "a::b::ro::x"}) {
    EXPECT_THAT(ParsePreopen(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                             HasSubstr("--dir")))
        << text;
  }
}

}  // namespace
}  // namespace wasijit::tools
