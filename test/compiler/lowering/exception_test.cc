#include "compiler/lowering/exception.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/jit/compile_options.h"
#include "compiler/jit/image_compiler.h"
#include "gtest/gtest.h"
#include "runtime/backtrace.h"
#include "runtime/call.h"
#include "runtime/engine.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "test/support/running_wat.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::ExpectCalls;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::RunningWat;

// Every type, in numbers beyond any register, arrives as it was.
TEST(Exceptions, CarryValuesOfAllTypes) {
  ExpectCalls(R"(
    (module
      (type $payload (func (param i32 i64 f32 f64 v128 funcref externref exnref
                                  i32 i32 i32 i32 i32 i32 i32 i32 i32)))
      (tag $t (type $payload))
      (tag $inner (param i32))
      (func $f (export "f"))
      (func $exn (result exnref)
        (block $b (result exnref)
          (try_table (catch_all_ref $b) (throw $inner (i32.const 77)))
          (unreachable)))
      (func $throw
        (throw $t (i32.const -1) (i64.const 0x123456789abcdef)
          (f32.const nan:0x200001) (f64.const nan:0x4000000000001)
          (v128.const i32x4 1 2 3 4) (ref.func $f) (ref.null extern)
          (call $exn)
          (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
          (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)))
      (type $results (func
          (result i32 i64 f32 f64 v128 funcref externref exnref
                  i32 i32 i32 i32 i32 i32 i32 i32 i32)))
      (func (export "sum") (result i32)
        (local $i i32) (local $n f32) (local $d f64) (local $v v128)
        (local $e exnref) (local $g funcref) (local $l i64)
        (block $caught (type $results)
          (try_table (catch $t $caught) (call $throw))
          (unreachable))
        (i32.add) (i32.add) (i32.add) (i32.add)
        (i32.add) (i32.add) (i32.add) (i32.add)
        (local.set $i)
        (local.set $e) (drop) (local.set $g) (local.set $v) (local.set $d)
        (local.set $n) (local.set $l) (drop)
        (if (i32.ne (i32.reinterpret_f32 (local.get $n))
                    (i32.const 0x7fa00001)) (then (unreachable)))
        (if (i64.ne (i64.reinterpret_f64 (local.get $d))
                    (i64.const 0x7ff4000000000001)) (then (unreachable)))
        (if (i32.ne (i32x4.extract_lane 2 (local.get $v)) (i32.const 3))
          (then (unreachable)))
        (if (ref.is_null (local.get $g)) (then (unreachable)))
        (block $inner (result i32)
          (try_table (catch $inner $inner) (throw_ref (local.get $e)))
          (unreachable))
        (i32.add (local.get $i))))
  )",
              {{"sum", {}, "i32.const 122"}});
}

// Locals have the values that they had at the call that threw.
TEST(Exceptions, KeepLocals) {
  ExpectCalls(R"(
    (module
      (tag $t (param i32))
      (global $calls (mut i32) (i32.const 0))
      (func $maybe (param $at i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (if (i32.eq (global.get $calls) (local.get $at))
          (then (throw $t (local.get $at)))))
      (func (export "new") (param $at i32) (result i32) (local $n i32)
        (global.set $calls (i32.const 0))
        (block $caught (result i32)
          (try_table (catch $t $caught)
            (local.set $n (i32.const 10)) (call $maybe (local.get $at))
            (local.set $n (i32.const 20)) (call $maybe (local.get $at))
            (local.set $n (i32.const 30)) (call $maybe (local.get $at))
            (if (i32.eq (local.get $at) (i32.const 4))
              (then (local.set $n (i32.const 40)) (throw $t (i32.const 4))))
            (local.set $n (i32.const 50)))
          (i32.const 0))
        (i32.add (local.get $n)))
      (func (export "old") (param $at i32) (result i32) (local $n i32)
        (global.set $calls (i32.const 0))
        (try (result i32)
          (do
            (local.set $n (i32.const 10)) (call $maybe (local.get $at))
            (local.set $n (i32.const 20)) (call $maybe (local.get $at))
            (local.set $n (i32.const 30)) (call $maybe (local.get $at))
            (i32.const 0))
          (catch $t))
        (i32.add (local.get $n))))
  )",
              {{"new", {Value::I32(1)}, "i32.const 11"},
               {"new", {Value::I32(2)}, "i32.const 22"},
               {"new", {Value::I32(3)}, "i32.const 33"},
               {"new", {Value::I32(4)}, "i32.const 44"},
               {"new", {Value::I32(5)}, "i32.const 50"},
               {"old", {Value::I32(1)}, "i32.const 11"},
               {"old", {Value::I32(3)}, "i32.const 33"},
               {"old", {Value::I32(4)}, "i32.const 30"}});
}

// Indirect calls, calls of references and of imports, tail calls in a try.
TEST(Exceptions, ComeOutOfEveryKindOfCall) {
  ExpectCalls(R"(
    (module
      (type $f (func (param i32)))
      (tag $t (param i32))
      (table funcref (elem $throw))
      (elem declare func $throw)
      (func $throw (type $f) (throw $t (local.get 0)))
      (func $tail (type $f) (return_call $throw (local.get 0)))
      (func $tail_ref (type $f)
        (return_call_ref $f (local.get 0) (ref.func $throw)))
      (func (export "call") (param $how i32) (result i32)
        (block $caught (result i32)
          (try_table (catch $t $caught)
            (block $3 (block $2 (block $1 (block $0
              (br_table $0 $1 $2 $3 (local.get $how)))
              (call_indirect (type $f) (i32.const 10) (i32.const 0)))
              (call_ref $f (i32.const 11) (ref.func $throw)))
              (call $tail (i32.const 12)))
            (call $tail_ref (i32.const 13)))
          (i32.const 0)))
      (func $two (param i32) (result i32) (throw $t (i32.const 5)))
      (func (export "tail") (result i32)
        (block $caught (result i32)
          (try_table (catch $t $caught) (drop (call $leave2 (i32.const 1))))
          (i32.const 0)))
      (func $leave2 (param $x i32) (result i32)
        (block $all
          (try_table (catch_all $all) (return_call $two (local.get $x))))
        (i32.const -1)))
  )",
              {{"call", {Value::I32(0)}, "i32.const 10"},
               {"call", {Value::I32(1)}, "i32.const 11"},
               {"call", {Value::I32(2)}, "i32.const 12"},
               {"call", {Value::I32(3)}, "i32.const 13"},
               {"tail", {}, "i32.const 5"}});
}

TEST(Exceptions, TrapsAreNotCaught) {
  ExpectCalls(R"(
    (module
      (func $trap (unreachable))
      (func $deep (call $deep))
      (func (export "trap")
        (block $b (try_table (catch_all $b) (call $trap))))
      (func (export "exhaust")
        (block $b (try_table (catch_all $b) (call $deep))))
      (func (export "null")
        (block $b (try_table (catch_all $b) (throw_ref (ref.null exn)))))
      (func (export "old") (try (do (call $trap)) (catch_all))))
  )",
              {{"trap", {}, "trap: unreachable"},
               {"exhaust", {}, "trap: call stack exhausted"},
               {"null", {}, "trap: null exception reference"},
               {"old", {}, "trap: unreachable"}});
}

// Ten thousand frames, each with something in callee-saved registers.
TEST(Exceptions, UnwindDeepRecursion) {
  ExpectCalls(R"(
    (module
      (tag $t (param i32))
      (func $down (param $n i32) (param $m i32) (result i32)
        (if (i32.eqz (local.get $n)) (then (throw $t (local.get $m))))
        (i32.add
          (call $down (i32.sub (local.get $n) (i32.const 1)) (local.get $m))
          (i32.mul (local.get $n) (local.get $m))))
      (func (export "run") (param $n i32) (param $m i32) (result i32)
        (local $k i32)
        (local.set $k (i32.mul (local.get $n) (i32.const 3)))
        (block $b (result i32)
          (try_table (catch $t $b)
            (drop (call $down (local.get $n) (local.get $m))))
          (i32.const 0))
        (i32.add (local.get $k))))
  )",
              {{"run", {Value::I32(0), Value::I32(7)}, "i32.const 7"},
               {"run", {Value::I32(10000), Value::I32(7)}, "i32.const 30007"}});
}

TEST(Exceptions, UncaughtOnesNameTagAndPayload) {
  ExpectCalls(R"(
    (module
      (tag (param i32))
      (tag $t (export "out of range") (param i32 f64))
      (func (export "exported") (throw $t (i32.const 1) (f64.const 0.5)))
      (func (export "own") (throw 0 (i32.const 1))))
  )",
              {{"exported",
                {},
                "uncaught exception: tag out of range "
                "(i32.const 1, f64.const 0.5)"},
               {"own", {}, "uncaught exception: tag 0 (i32.const 1)"}});
}

// None of these may leave anything behind for good: each is 10^6 throws.
TEST(Exceptions, GarbageIsCollected) {
  ExpectCalls(R"(
    (module
      (tag $t (param i32 exnref))
      (table $kept 10 exnref)
      (global $last (mut exnref) (ref.null exn))
      (func $throw (param i32 exnref)
        (throw $t (local.get 0) (local.get 1)))
      (func $make (param i32 exnref) (result exnref)
        (block $b (result i32 exnref exnref)
          (try_table (catch_ref $t $b)
            (call $throw (local.get 0) (local.get 1)))
          (unreachable))
        (return))
      (func $value (param exnref) (result i32 exnref)
        (block $b (result i32 exnref)
          (try_table (catch $t $b) (throw_ref (local.get 0)))
          (unreachable)))
      (func (export "run") (param $n i32) (result i32) (local $local exnref)
        (local.set $local (call $make (i32.const 1) (ref.null exn)))
        (global.set $last
          (call $make (i32.const 20)
            (call $make (i32.const 300) (ref.null exn))))
        (table.set $kept (i32.const 3)
          (call $make (i32.const 4000) (ref.null exn)))
        (loop $again
          (drop (call $make (local.get $n) (ref.null exn)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $again (local.get $n)))
        (drop (call $value (local.get $local)))
        (drop (call $value (table.get $kept (i32.const 3))))
        (call $value (global.get $last))
        (drop (call $value))
        (i32.add) (i32.add) (i32.add)))
  )",
              {{"run", {Value::I32(30'000)}, "i32.const 4321"}});
}

// A module that knows no exceptions calls one that throws, and is called by one
// that catches; every module has its own memory.
class ExceptionsAcrossModules : public testing::Test {
 protected:
  Instance& Instantiate(absl::string_view name, absl::string_view wat) {
    absl::StatusOr<Module> parsed = ModuleFromWat(wat);
    EXPECT_OK(parsed);
    absl::StatusOr<CodeImage> image = CompileModule(
        std::make_shared<const Module>(*std::move(parsed)), CompileOptions());
    EXPECT_OK(image);
    auto instance =
        linker_.Instantiate(store_, *engine_->Load(*std::move(image)));
    EXPECT_OK(instance);
    EXPECT_OK(linker_.DefineInstance(name, ***instance));
    return ***instance;
  }
  std::string Run(Instance& instance, absl::string_view function,
                  const std::vector<Value>& arguments) {
    const auto outcome = Call(*instance.FindFunction(function), arguments);
    if (!outcome.ok()) return outcome.status().ToString();
    if (!outcome->has_value()) return ToString(outcome->error());
    return ToString((**outcome)[0]);
  }

  std::unique_ptr<Engine> engine_ = *Engine::Create();
  Store store_{*engine_};
  Linker linker_;
};

constexpr absl::string_view kThrower = R"(
  (module
    (memory 1) (data (i32.const 0) "\01")
    (tag $t (export "t") (param i32))
    (func (export "throw") (param i32) (result i32)
      (throw $t (i32.add (i32.load8_u (i32.const 0)) (local.get 0)))))
)";
constexpr absl::string_view kBetween = R"(
  (module
    (import "thrower" "throw" (func $throw (param i32) (result i32)))
    (memory 1) (data (i32.const 0) "\02")
    (func (export "call") (param i32) (result i32)
      (i32.add (call $throw (local.get 0)) (i32.load8_u (i32.const 0))))
    (func (export "tail") (param i32) (result i32)
      (return_call $throw (local.get 0))))
)";
constexpr absl::string_view kCatcher = R"(
  (module
    (import "thrower" "t" (tag $t (param i32)))
    (import "between" "call" (func $call (param i32) (result i32)))
    (import "between" "tail" (func $tail (param i32) (result i32)))
    (tag $other (param i32))
    (memory 1) (data (i32.const 0) "\64")
    (func (export "call") (param i32) (result i32)
      (block $b (result i32)
        (block $o (result i32)
          (try_table (catch $other $o) (catch $t $b)
            (return (call $call (local.get 0))))
          (unreachable))
        (unreachable))
      (i32.add (i32.load8_u (i32.const 0))))
    (func (export "tail") (param i32) (result i32)
      (block $b (result i32)
        (try_table (catch $t $b) (return (call $tail (local.get 0))))
        (unreachable))
      (i32.add (i32.load8_u (i32.const 0))))
    (func (export "not caught") (param i32) (result i32)
      (block $o (result i32)
        (try_table (catch $other $o) (return (call $call (local.get 0))))
        (unreachable))))
)";

TEST_F(ExceptionsAcrossModules, AreCaughtByTheirTag) {
  Instantiate("thrower", kThrower);
  Instantiate("between", kBetween);
  Instance& catcher = Instantiate("catcher", kCatcher);
  EXPECT_EQ(Run(catcher, "call", {Value::I32(10)}), "i32.const 111");
  EXPECT_EQ(Run(catcher, "tail", {Value::I32(20)}), "i32.const 121");
  EXPECT_EQ(Run(catcher, "not caught", {Value::I32(1)}),
            "uncaught exception: tag t (i32.const 2)");
}

// The embedder looks at the exception and throws another.
TEST_F(ExceptionsAcrossModules, PassThroughTheHost) {
  Instance& thrower = Instantiate("thrower", kThrower);
  Function* const target = thrower.FindFunction("throw");
  const auto pass = [target](int32_t value) -> Outcome<int32_t> {
    const auto outcome = Call(*target, {Value::I32(value)});
    EXPECT_OK(outcome);
    if (outcome->has_value()) return (**outcome)[0].i32();
    Exception exception = std::get<Exception>(outcome->error());
    exception.payload[0] = Value::I32(exception.payload[0].i32() * 2);
    return std::unexpected(exception);
  };
  EXPECT_OK(linker_.Define("between", "call", HostFunction::Wrap(pass)));
  EXPECT_OK(linker_.Define("between", "tail", HostFunction::Wrap(pass)));
  Instance& catcher = Instantiate("catcher", kCatcher);
  EXPECT_EQ(Run(catcher, "call", {Value::I32(10)}), "i32.const 122");
  EXPECT_EQ(Run(catcher, "tail", {Value::I32(20)}), "i32.const 142");
  EXPECT_EQ(Run(catcher, "not caught", {Value::I32(1)}),
            "uncaught exception: tag t (i32.const 4)");
}

}  // namespace
}  // namespace wasijit::compiler
