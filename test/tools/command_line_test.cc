#include "tools/command_line.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::wasijit::test::StatusIs;

using Words = std::vector<std::string>;

TEST(CommandLine, WithoutACommandTheFileIsRun) {
  ASSERT_OK_AND_ASSIGN(CommandLine line, CommandLine::Parse(Words{"a.wasm"}));
  EXPECT_EQ(line.command(), Command::kRun);
  EXPECT_THAT(line.operands(), ElementsAre("a.wasm"));
}

TEST(CommandLine, OptionsMayStandInFrontOfTheFileWithoutACommand) {
  ASSERT_OK_AND_ASSIGN(CommandLine line,
                       CommandLine::Parse(Words{"--dir", ".", "a.wasm"}));
  EXPECT_EQ(line.command(), Command::kRun);
  EXPECT_THAT(line.Values(Option::kDir), ElementsAre("."));
  EXPECT_THAT(line.operands(), ElementsAre("a.wasm"));
}

TEST(CommandLine, WhatFollowsTheFileBelongsToTheProgram) {
  ASSERT_OK_AND_ASSIGN(
      CommandLine line,
      CommandLine::Parse(Words{"run", "--env", "A=1", "a.wasm", "--env", "B=2",
                               "--", "-x", "--help", "run"}));
  EXPECT_THAT(line.Values(Option::kEnv), ElementsAre("A=1"));
  EXPECT_THAT(line.operands(), ElementsAre("a.wasm", "--env", "B=2", "--", "-x",
                                           "--help", "run"));
  EXPECT_FALSE(line.Has(Option::kHelp));
}

TEST(CommandLine, TwoDashesEndTheOptions) {
  ASSERT_OK_AND_ASSIGN(CommandLine line,
                       CommandLine::Parse(Words{"run", "--", "--odd.wasm"}));
  EXPECT_THAT(line.operands(), ElementsAre("--odd.wasm"));
}

TEST(CommandLine, ADashIsAFile) {
  ASSERT_OK_AND_ASSIGN(CommandLine line,
                       CommandLine::Parse(Words{"run", "-", "x"}));
  EXPECT_THAT(line.operands(), ElementsAre("-", "x"));
}

TEST(CommandLine, RepeatedOptionsKeepTheirOrder) {
  ASSERT_OK_AND_ASSIGN(
      CommandLine line,
      CommandLine::Parse(Words{"run", "--dir", "b", "--dir=a::/x", "--argv0",
                               "p", "--argv0", "q", "f"}));
  EXPECT_THAT(line.Values(Option::kDir), ElementsAre("b", "a::/x"));
  EXPECT_EQ(line.Value(Option::kArgv0), "q");
  EXPECT_FALSE(line.Value(Option::kInvoke).has_value());
}

TEST(CommandLine, AnOptionTakesExactlyOneArgument) {
  ASSERT_OK_AND_ASSIGN(
      CommandLine line,
      CommandLine::Parse(Words{"run", "--dir", "a", "f.wasm", "b"}));
  EXPECT_THAT(line.Values(Option::kDir), ElementsAre("a"));
  EXPECT_THAT(line.operands(), ElementsAre("f.wasm", "b"));
}

struct SwitchCase {
  Words words;
  bool on;
};

TEST(CommandLine, WasmtimesSpellingOfASwitchMeansTheSame) {
  const SwitchCase kCases[] = {
      {{"f"}, false},
      {{"--trap-unknown-imports", "f"}, true},
      {{"-W", "unknown-imports-trap", "f"}, true},
      {{"-Wunknown-imports-trap=y", "f"}, true},
      {{"--wasm", "unknown-imports-trap=true", "f"}, true},
      {{"-W", "unknown-imports-trap=n", "f"}, false},
      {{"-W", "unknown-imports-trap,unknown-imports-trap=no", "f"}, false},
  };
  for (const SwitchCase& test : kCases) {
    SCOPED_TRACE(testing::PrintToString(test.words));
    ASSERT_OK_AND_ASSIGN(CommandLine line, CommandLine::Parse(test.words));
    EXPECT_EQ(line.Has(Option::kTrapUnknownImports), test.on);
    EXPECT_THAT(line.Values(Option::kWasm), IsEmpty());
  }
}

TEST(CommandLine, SettingsThatAreNoOptionRemain) {
  ASSERT_OK_AND_ASSIGN(CommandLine line,
                       CommandLine::Parse(Words{
                           "-W", "simd=n,unknown-imports-trap", "-Wgc", "f"}));
  EXPECT_THAT(line.Values(Option::kWasm), ElementsAre("simd=n", "gc"));
  EXPECT_TRUE(line.Has(Option::kTrapUnknownImports));
}

struct ErrorCase {
  Words words;
  const char* message;
};

TEST(CommandLine, ErrorsNameTheArgument) {
  const ErrorCase kCases[] = {
      {{"run", "--envi", "A", "f"},
       "unknown option --envi; did you mean --env?"},
      {{"--frobnicate=1", "f"}, "unknown option --frobnicate"},
      {{"run", "-x", "f"}, "unknown option -x"},
      {{"completion", "--bash"}, "unknown option --bash"},
      {{"run", "--dir"}, "--dir"},
      {{"-W", "unknown-imports-trap=maybe", "f"}, "expected y or n"},
  };
  for (const ErrorCase& test : kCases) {
    EXPECT_THAT(
        CommandLine::Parse(test.words),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)))
        << testing::PrintToString(test.words);
  }
}

TEST(CommandLine, CommandsThatTakeFilesTakeOptionsAnywhere) {
  ASSERT_OK_AND_ASSIGN(CommandLine line,
                       CommandLine::Parse(Words{"completion", "bash", "-h"}));
  EXPECT_EQ(line.command(), Command::kCompletion);
  EXPECT_THAT(line.operands(), ElementsAre("bash"));
  EXPECT_TRUE(line.Has(Option::kHelp));
}

TEST(Nearest, FindsAMisspelledWordOnly) {
  const absl::string_view kWords[] = {"--dir", "--env", "--invoke"};
  EXPECT_EQ(Nearest("--invok", kWords), "--invoke");
  EXPECT_EQ(Nearest("--din", kWords), "--dir");
  EXPECT_EQ(Nearest("--dri", kWords), "--dir");
  EXPECT_EQ(Nearest("--frobnicate", kWords), "");
  EXPECT_EQ(Nearest("", kWords), "");
  EXPECT_EQ(NearestCommand("rn"), "run");
  EXPECT_EQ(NearestCommand("ls"), "");
#if WASIJIT_COMPILER
  EXPECT_EQ(NearestCommand("wast2wasm"), "wat2wasm");
#endif
}

}  // namespace
}  // namespace wasijit::tools
