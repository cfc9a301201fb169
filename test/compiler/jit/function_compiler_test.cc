#include "compiler/jit/function_compiler.h"

#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/jit/compile_options.h"
#include "compiler/syntax/features.h"
#include "compiler/validation/module_validator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/call.h"
#include "runtime/instance.h"
#include "runtime/lazy_code.h"
#include "runtime/module/module.h"
#include "runtime/outcome.h"
#include "test/support/lazy_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using ::wasijit::test::ModuleFromWat;

std::shared_ptr<const Module> ModuleOf(absl::string_view text) {
  Module module = *ModuleFromWat(text);
  EXPECT_OK(ValidateModule(module, FeatureSet::All()));
  return std::make_shared<const Module>(std::move(module));
}

std::unique_ptr<const TierCompiler> CompilerOf(
    const std::shared_ptr<const Module>& module,
    const CompileOptions& options = {}) {
  auto compiler = NewFunctionCompiler(module, options);
  EXPECT_OK(compiler);
  return *std::move(compiler);
}

constexpr char kCalls[] = R"((module
    (import "" "f" (func $f))
    (func $a (call $f) (call $b) (call $c))
    (func $b (call $d))
    (func $c)
    (func $d)
    (func $e)))";

TEST(FunctionCompiler, PlansCallees) {
  const auto compiler = CompilerOf(ModuleOf(kCalls));
  const auto all = [](uint32_t) { return true; };
  EXPECT_THAT(compiler->Plan(Tier::kBaseline, 1, all), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(compiler->Plan(Tier::kBaseline, 5, all), ElementsAre(5));
  EXPECT_THAT(compiler->Plan(Tier::kOptimized, 1,
                             [](uint32_t function) { return function != 2; }),
              ElementsAre(1, 3));
}

TEST(FunctionCompiler, BaselineCallsAreTheLoaders) {
  const auto compiler = CompilerOf(ModuleOf(kCalls));
  const std::vector<uint32_t> functions = {1, 3};
  ASSERT_OK_AND_ASSIGN(const CodeImage baseline,
                       compiler->Compile(Tier::kBaseline, functions));
  EXPECT_THAT(baseline.part, ElementsAre(1, 3));
  EXPECT_THAT(baseline.functions, SizeIs(2));
  std::vector<uint32_t> called;
  for (const ImageCall& call : baseline.calls) called.push_back(call.function);
  EXPECT_THAT(called, UnorderedElementsAre(2, 3));
  ASSERT_OK_AND_ASSIGN(const CodeImage optimized,
                       compiler->Compile(Tier::kOptimized, functions));
  for (const ImageCall& call : optimized.calls) EXPECT_NE(call.function, 3u);
}

class Running : public test::LazyWat {
 public:
  explicit Running(absl::string_view text, const CompileOptions& options = {})
      : LazyWat(ModuleOf(text), options) {}

  Outcome<std::vector<Value>> Call(absl::string_view name, int32_t argument) {
    auto outcome =
        wasijit::Call(*instance().FindFunction(name), {Value::I32(argument)});
    EXPECT_OK(outcome);
    return *outcome;
  }
};

constexpr char kProgram[] = R"((module
    (memory 1)
    (type $unary (func (param i32) (result i32)))
    (table funcref (elem $fib $loop $traps))
    (func $fib (export "fib") (type $unary)
      (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
        (then (local.get 0))
        (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                       (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func $loop (export "loop") (type $unary) (local i32)
      (loop $again
        (local.set 1 (i32.add (local.get 1)
          (f64.lt (f64.convert_i32_s (local.get 0)) (f64.const 1.5))))
        (br_if $again
          (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1))
    (func $traps (export "traps") (type $unary)
      (i32.load offset=65533 (local.get 0)))
    (func (export "outer") (type $unary) (call $traps (local.get 0)))
    (func (export "indirect") (type $unary)
      (call_indirect (type $unary) (i32.const 20) (local.get 0)))))";

TEST(FunctionCompiler, TiersComputeTheSame) {
  Running program(kProgram);
  const auto expect_all = [&] {
    EXPECT_THAT(*program.Call("fib", 20), ElementsAre(Value::I32(6765)));
    EXPECT_THAT(*program.Call("loop", 100), ElementsAre(Value::I32(1)));
    EXPECT_THAT(*program.Call("indirect", 0), ElementsAre(Value::I32(6765)));
    EXPECT_THAT(*program.Call("indirect", 1), ElementsAre(Value::I32(1)));
  };
  expect_all();
  EXPECT_TRUE(program.code().HasTier(1, Tier::kBaseline));
  // Enough iterations and calls to be hot.
  EXPECT_TRUE(program.Call("loop", 1'000'000).has_value());
  EXPECT_TRUE(program.Call("fib", 22).has_value());
  for (const uint32_t function : {0, 1}) {
    while (!program.code().HasTier(function, Tier::kOptimized)) {
      std::this_thread::yield();
    }
  }
  expect_all();
}

TEST(FunctionCompiler, TrapsKnowTheirPlacesInEveryTier) {
  Running program(kProgram);
  for (const bool optimized : {false, true}) {
    if (optimized) {
      program.code().NoteHot(2);
      program.code().NoteHot(3);
      for (const uint32_t function : {2, 3}) {
        while (!program.code().HasTier(function, Tier::kOptimized)) {
          std::this_thread::yield();
        }
      }
    }
    const auto outcome = program.Call("outer", 1);
    ASSERT_FALSE(outcome.has_value());
    const Trap& trap = std::get<Trap>(outcome.error());
    EXPECT_EQ(trap.kind, TrapKind::kOutOfBoundsMemoryAccess);
    ASSERT_THAT(trap.backtrace.frames, SizeIs(2));
    EXPECT_EQ(trap.backtrace.frames[0].function, 2u);
    EXPECT_EQ(trap.backtrace.frames[1].function, 3u);
    for (const Frame& frame : trap.backtrace.frames) {
      EXPECT_NE(frame.bytecode_offset, kNoLocation);
    }
  }
}

// LLVM could leave the frame to the path that calls.
TEST(FunctionCompiler, CallersAreFoundWhereNoCallIsMade) {
  Running program(R"((module
      (func $other (param i32) (result i32)
        (if (i32.gt_u (local.get 0) (i32.const 99))
          (then (return (call $other (i32.const 1)))))
        (local.get 0))
      (func $inner (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (unreachable)))
        (i32.add (call $other (local.get 0)) (call $other (i32.const 7))))
      (func (export "outer") (param i32) (result i32)
        (i32.add (call $inner (local.get 0)) (i32.const 1)))))");
  EXPECT_TRUE(program.Call("outer", 1).has_value());
  for (const uint32_t function : {0, 1, 2}) program.code().NoteHot(function);
  for (const uint32_t function : {0, 1, 2}) {
    while (!program.code().HasTier(function, Tier::kOptimized)) {
      std::this_thread::yield();
    }
  }
  const auto outcome = program.Call("outer", 0);
  ASSERT_FALSE(outcome.has_value());
  const Trap& trap = std::get<Trap>(outcome.error());
  ASSERT_THAT(trap.backtrace.frames, SizeIs(2));
  EXPECT_EQ(trap.backtrace.frames[0].function, 1u);
  EXPECT_EQ(trap.backtrace.frames[1].function, 2u);
}

TEST(FunctionCompiler, EndlessRecursionExhaustsTheStack) {
  Running program(R"((module
      (func $f (export "f") (param i32) (result i32)
        (i32.add (call $f (local.get 0)) (call $f (i32.const 1))))))");
  const auto outcome = program.Call("f", 0);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(std::get<Trap>(outcome.error()).kind,
            TrapKind::kCallStackExhausted);
}

}  // namespace
}  // namespace wasijit::compiler
