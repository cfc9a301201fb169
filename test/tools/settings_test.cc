#include "tools/settings.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"
#include "tools/command_line.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

using Words = std::vector<std::string>;

CommandLine Parse(Words words) {
  words.push_back("file.wasm");
  absl::StatusOr<CommandLine> line = CommandLine::Parse(words);
  EXPECT_OK(line);
  return *std::move(line);
}

TEST(ParseSize, UnderstandsPowersOf1024) {
  EXPECT_EQ(ParseSize("0"), 0);
  EXPECT_EQ(ParseSize("4096"), 4096);
  EXPECT_EQ(ParseSize("64K"), 65536);
  EXPECT_EQ(ParseSize("3M"), 3 << 20);
  EXPECT_EQ(ParseSize("16G"), uint64_t{16} << 30);
  EXPECT_EQ(ParseSize("18446744073709551615"), UINT64_MAX);
}

TEST(ParseSize, RejectsWhatIsNoSize) {
  for (const char* text : {"", "K", "-1", "+1", " 1", "1 ", "1.5", "1k", "1KB",
                           "0x10", "18446744073709551616", "99999999999G"}) {
    EXPECT_EQ(ParseSize(text), std::nullopt) << text;
  }
}

TEST(ParseTimeout, TakesSecondsOrUnits) {
  EXPECT_EQ(ParseTimeout("5"), absl::Seconds(5));
  EXPECT_EQ(ParseTimeout("0.25"), absl::Milliseconds(250));
  EXPECT_EQ(ParseTimeout("200ms"), absl::Milliseconds(200));
  EXPECT_EQ(ParseTimeout("1m30s"), absl::Seconds(90));
  for (const char* text : {"", "0", "-1", "-1s", "soon", "1 s", "nan"}) {
    EXPECT_EQ(ParseTimeout(text), std::nullopt) << text;
  }
}

TEST(EngineOptions, FollowTheOptions) {
  ASSERT_OK_AND_ASSIGN(EngineOptions options, EngineOptionsOf(Parse({})));
  EXPECT_EQ(options.max_wasm_stack, EngineOptions().max_wasm_stack);
  EXPECT_EQ(options.bounds_checks, std::nullopt);
  ASSERT_OK_AND_ASSIGN(options,
                       EngineOptionsOf(Parse({"-W", "max-wasm-stack=1M"})));
  EXPECT_EQ(options.max_wasm_stack, size_t{1} << 20);
  EXPECT_FALSE(options.gc_zeal);
  ASSERT_OK_AND_ASSIGN(options, EngineOptionsOf(Parse({"-W", "gc-zeal"})));
  EXPECT_TRUE(options.gc_zeal);
  EXPECT_FALSE(options.tier.waits);
  ASSERT_OK_AND_ASSIGN(options, EngineOptionsOf(Parse({"-C", "tier-zeal=7"})));
  EXPECT_EQ(options.tier.patience, 7);
  EXPECT_TRUE(options.tier.waits);
  EXPECT_THAT(EngineOptionsOf(Parse({"--max-wasm-stack", "big"})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("--max-wasm-stack big: expected a number")));
}

TEST(StoreLimits, FollowTheOptions) {
  ASSERT_OK_AND_ASSIGN(StoreLimits limits, StoreLimitsOf(Parse({})));
  EXPECT_EQ(limits.max_memory_size, StoreLimits().max_memory_size);
  ASSERT_OK_AND_ASSIGN(
      limits, StoreLimitsOf(Parse(
                  {"--max-memory-size", "64K", "-W", "max-table-elements=7"})));
  EXPECT_EQ(limits.max_memory_size, 65536);
  EXPECT_EQ(limits.max_table_size, 7);
  ASSERT_OK_AND_ASSIGN(limits,
                       StoreLimitsOf(Parse({"-W", "max-gc-heap-size=3M"})));
  EXPECT_EQ(limits.max_gc_heap_size, 3 << 20);
}

TEST(RejectSettings, NamesTheSettingThatNobodyKnows) {
  EXPECT_OK(RejectSettings(Parse({"-S", "inherit-env"}), Option::kWasi));
  EXPECT_THAT(
      RejectSettings(Parse({"-S", "inherit-envs"}), Option::kWasi),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("--wasi inherit-envs: no such setting; did you mean "
                         "inherit-env?")));
}

#if WASIJIT_COMPILER

using compiler::Feature;
using compiler::OptimizationLevel;

TEST(CompileOptions, HaveDefaults) {
  ASSERT_OK_AND_ASSIGN(compiler::CompileOptions options,
                       CompileOptionsOf(Parse({})));
  EXPECT_EQ(options.features, compiler::FeatureSet::Default());
  EXPECT_EQ(options.level, OptimizationLevel::kFull);
  EXPECT_EQ(options.cpu, "native");
  EXPECT_EQ(options.instruction_set, std::nullopt);
  EXPECT_FALSE(options.strict_traps);
}

TEST(CompileOptions, KnowTheSpellingsOfALevel) {
  const struct {
    Words words;
    OptimizationLevel level;
  } kCases[] = {
      {{"-O0"}, OptimizationLevel::kNone},
      {{"-O", "1"}, OptimizationLevel::kQuick},
      {{"-O2"}, OptimizationLevel::kFull},
      {{"-Os"}, OptimizationLevel::kFull},
      {{"-O", "opt-level=0"}, OptimizationLevel::kNone},
      {{"--opt-level", "1"}, OptimizationLevel::kQuick},
      {{"--optimize", "opt-level=2"}, OptimizationLevel::kFull},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_AND_ASSIGN(compiler::CompileOptions options,
                         CompileOptionsOf(Parse(test.words)));
    EXPECT_EQ(options.level, test.level) << testing::PrintToString(test.words);
  }
  EXPECT_THAT(CompileOptionsOf(Parse({"-O", "opt-levle=1"})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("did you mean opt-level?")));
}

TEST(CompileOptions, SwitchProposals) {
  ASSERT_OK_AND_ASSIGN(
      compiler::CompileOptions options,
      CompileOptionsOf(Parse({"-W", "simd=n,custom-page-sizes"})));
  EXPECT_FALSE(options.features.Has(Feature::kSimd));
  EXPECT_TRUE(options.features.Has(Feature::kCustomPageSizes));
  EXPECT_TRUE(options.features.Has(Feature::kGc));

  ASSERT_OK_AND_ASSIGN(options,
                       CompileOptionsOf(Parse({"-Wall-proposals=n,simd=y"})));
  EXPECT_EQ(options.features, compiler::FeatureSet().Add(Feature::kSimd));

  EXPECT_THAT(CompileOptionsOf(Parse({"-W", "multi-memry"})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("did you mean multi-memory?")));
  EXPECT_THAT(CompileOptionsOf(Parse({"-W", "core=n"})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("core: no such setting")));
  EXPECT_THAT(CompileOptionsOf(Parse({"-W", "simd=maybe"})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("expected y or n")));
}

TEST(CompileOptions, ForAnotherMachineAssumeNothingOfTheHost) {
  absl::StatusOr<CommandLine> line =
      CommandLine::Parse(Words{"compile", "--target", "aarch64", "file.wasm"});
  ASSERT_OK(line);
  ASSERT_OK_AND_ASSIGN(compiler::CompileOptions options,
                       CompileOptionsOf(*line));
  EXPECT_EQ(options.instruction_set, InstructionSet::kAArch64);
  EXPECT_EQ(options.cpu, "baseline");
}

TEST(CompileOptions, FollowTheSwitches) {
  ASSERT_OK_AND_ASSIGN(
      compiler::CompileOptions options,
      CompileOptionsOf(Parse({"--cpu", "x86-64-v3", "--strict-traps",
                              "--bounds-checks", "explicit"})));
  EXPECT_EQ(options.cpu, "x86-64-v3");
  EXPECT_TRUE(options.strict_traps);
  EXPECT_EQ(options.bounds_checks, BoundsChecks::kExplicit);
}

#endif  // WASIJIT_COMPILER

}  // namespace
}  // namespace wasijit::tools
