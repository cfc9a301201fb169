#include "compiler/jit/compile_options.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(ToString, TellsEverythingThatChangesTheCode) {
  std::set<std::string> texts = {ToString({})};
  const auto expect_new = [&](const CompileOptions& options) {
    EXPECT_TRUE(texts.insert(ToString(options)).second) << ToString(options);
  };
  CompileOptions options;
  options.features = FeatureSet::All();
  expect_new(options);
  options.instruction_set = InstructionSet::kX86_64;
  expect_new(options);
  options.instruction_set = InstructionSet::kAArch64;
  expect_new(options);
  options.cpu = "baseline";
  expect_new(options);
  options.level = OptimizationLevel::kNone;
  expect_new(options);
  options.bounds_checks = BoundsChecks::kExplicit;
  expect_new(options);
  options.strict_traps = true;
  expect_new(options);
  options.deterministic = true;
  expect_new(options);
}

TEST(ToString, SaysNothingOfHowTheWorkIsDone) {
  CompileOptions options;
  options.threads = 3;
  options.time = CompileTime::kLazy;
  EXPECT_EQ(ToString({}), ToString(options));
}

}  // namespace
}  // namespace wasijit::compiler
