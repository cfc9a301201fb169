#include "tools/spectest.h"

#include <memory>

#include "absl/strings/string_view.h"
#include "compiler/jit/compile_options.h"
#include "gtest/gtest.h"
#include "runtime/engine.h"
#include "test/support/status_matchers.h"
#include "tools/compiler_module.h"
#include "tools/script_runner.h"

namespace wasijit::tools {
namespace {

// Every one of its exports is imported, with its type.
TEST(Spectest, HasWhatTheSuiteImports) {
  constexpr absl::string_view kScript = R"(
    (module
      (import "spectest" "print" (func $print))
      (import "spectest" "print_i32" (func $print_i32 (param i32)))
      (import "spectest" "print_i64" (func (param i64)))
      (import "spectest" "print_f32" (func (param f32)))
      (import "spectest" "print_f64" (func (param f64)))
      (import "spectest" "print_i32_f32" (func (param i32 f32)))
      (import "spectest" "print_f64_f64" (func (param f64 f64)))
      (import "spectest" "global_i32" (global $i32 i32))
      (import "spectest" "global_i64" (global $i64 i64))
      (import "spectest" "global_f32" (global $f32 f32))
      (import "spectest" "global_f64" (global $f64 f64))
      (import "spectest" "table" (table 10 20 funcref))
      (import "spectest" "table64" (table i64 10 20 funcref))
      (import "spectest" "memory" (memory 1 2))
      (func (export "print") (call $print) (call $print_i32 (i32.const 1)))
      (func (export "globals") (result i32 i64 f32 f64)
        (global.get $i32) (global.get $i64) (global.get $f32)
        (global.get $f64))
      (func (export "sizes") (result i32 i32) (memory.size) (table.size 0)))
    (assert_return (invoke "print"))
    (assert_return (invoke "globals") (i32.const 666) (i64.const 666)
                                      (f32.const 666.6) (f64.const 666.6))
    (assert_return (invoke "sizes") (i32.const 1) (i32.const 10)))";
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Engine> engine,
      Engine::Create({}, LazyCompiler(compiler::CompileOptions())));
  const ScriptReport report = RunScript(kScript, {.engine = engine.get()});
  EXPECT_EQ(report.passed, 3u);
  for (const ScriptFinding& finding : report.findings) {
    ADD_FAILURE() << finding.line << ": " << finding.message;
  }
}

}  // namespace
}  // namespace wasijit::tools
