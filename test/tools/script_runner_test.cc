#include "tools/script_runner.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/jit/compile_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/engine.h"
#include "test/support/status_matchers.h"
#include "tools/compiler_module.h"

namespace wasijit::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = ScriptFinding::Kind;

constexpr absl::string_view kModule = R"((module
  (func (export "seven") (result i32) (i32.const 7))
  (func (export "trap") (unreachable))
  (func $again (export "again") (call $again))
  (global (export "g") i32 (i32.const 3))) )";

ScriptReport RunScriptText(absl::string_view source) {
  absl::StatusOr<std::unique_ptr<Engine>> engine =
      Engine::Create({}, LazyCompiler(compiler::CompileOptions()));
  EXPECT_OK(engine);
  return RunScript(source, {.engine = engine->get()});
}

TEST(ScriptRunner, PassesWhatHolds) {
  for (absl::string_view assertion : {
           "(assert_return (invoke \"seven\") (i32.const 7))",
           "(assert_return (invoke \"seven\") (either (i32.const 1)"
           " (i32.const 7)))",
           "(assert_return (get \"g\") (i32.const 3))",
           "(assert_trap (invoke \"trap\") \"unreachable\")",
           "(assert_exhaustion (invoke \"again\") \"call stack exhausted\")",
           "(assert_invalid (module (func i32.add drop)) \"type mismatch\")",
           "(assert_malformed (module quote \"(func\") \"unexpected token\")",
           "(assert_malformed (module binary \"asm\") \"unexpected end\")",
           "(assert_unlinkable (module (import \"x\" \"y\" (func)))"
           " \"unknown import\")",
           "(assert_trap (module (func $f unreachable) (start $f))"
           " \"unreachable\")",
       }) {
    const ScriptReport report =
        RunScriptText(std::string(kModule) + std::string(assertion));
    EXPECT_EQ(report.passed, 1u) << assertion;
    for (const ScriptFinding& finding : report.findings) {
      ADD_FAILURE() << assertion << ": " << finding.message;
    }
  }
}

TEST(ScriptRunner, FailsWhatDoesNotHold) {
  const struct {
    absl::string_view command;
    absl::string_view message;
  } kCases[] = {
      {"(assert_return (invoke \"seven\") (i32.const 8))",
       "\"seven\" returns i32.const 7, expected i32.const 8"},
      {"(assert_return (invoke \"seven\"))", "expected nothing"},
      {"(assert_return (invoke \"trap\"))", "\"trap\" ends: unreachable"},
      {"(assert_trap (invoke \"seven\") \"unreachable\")",
       "expected the trap \"unreachable\""},
      {"(assert_trap (invoke \"trap\") \"integer overflow\")",
       "expected the error \"integer overflow\""},
      {"(assert_return (invoke \"none\"))", "there is no function \"none\""},
      {"(assert_return (get \"none\"))", "there is no global \"none\""},
      {"(invoke $m \"f\")", "there is no instance $m"},
      {"(invoke \"trap\")", "ended: unreachable"},
      {"(assert_invalid (module) \"type mismatch\")", "module is accepted"},
      {"(assert_invalid (module (func (local.get $x))) \"unknown local\")",
       "malformed, not invalid"},
      {"(assert_malformed (module quote \"(func\") \"other\")",
       "expected the error \"other\""},
      {"(assert_unlinkable (module) \"unknown import\")", "can be linked"},
      {"(module (func i32.add drop))", "type mismatch"},
      {"(module instance $i $d)", "there is no module definition $d"},
  };
  for (const auto& test : kCases) {
    const ScriptReport report =
        RunScriptText(std::string(kModule) + "\n" + std::string(test.command));
    EXPECT_EQ(report.passed, 0u) << test.command;
    ASSERT_EQ(report.findings.size(), 1u) << test.command;
    EXPECT_EQ(report.findings[0].kind, Kind::kFailed) << test.command;
    // Behind the module, which has five lines.
    EXPECT_EQ(report.findings[0].line, 6u) << test.command;
    EXPECT_THAT(report.findings[0].message,
                HasSubstr(std::string(test.message)));
  }
}

TEST(ScriptRunner, LinksInstances) {
  const ScriptReport report = RunScriptText(R"(
    (module definition $d
      (global $g (mut i32) (i32.const 0))
      (func (export "next") (result i32)
        (global.set $g (i32.add (global.get $g) (i32.const 1)))
        (global.get $g)))
    (module instance $a $d)
    (module instance $b $d)
    (register "a" $a)
    (module (import "a" "next" (func (result i32)))
            (export "next" (func 0)))
    (assert_return (invoke "next") (i32.const 1))
    (assert_return (invoke $a "next") (i32.const 2))
    (assert_return (invoke $b "next") (i32.const 1)))");
  EXPECT_EQ(report.passed, 3u);
  EXPECT_THAT(report.findings, IsEmpty());
}

TEST(ScriptRunner, TellsWhereItIs) {
  std::vector<size_t> lines;
  RunScript("(module)\n\n(assert_invalid (module) \"x\")",
            {.on_command = [&](size_t line) { lines.push_back(line); }});
  EXPECT_THAT(lines, ElementsAre(1, 3));
}

TEST(ScriptRunner, WithoutAnEngineOnlyModulesAreChecked) {
  const ScriptReport report = RunScript(
      "(module (func (export \"f\")))"
      "(assert_return (invoke \"f\") (i32.const 1))"
      "(assert_invalid (module (func drop)) \"type mismatch\")",
      {});
  EXPECT_EQ(report.passed, 1u);
  EXPECT_THAT(report.findings, IsEmpty());
}

TEST(ScriptRunner, ATextThatIsNoScriptIsOneFailure) {
  const ScriptReport report = RunScript("(frobnicate)", {});
  EXPECT_EQ(report.Count(Kind::kFailed), 1u);
  EXPECT_EQ(report.Count(Kind::kSkipped), 0u);
}

}  // namespace
}  // namespace wasijit::tools
