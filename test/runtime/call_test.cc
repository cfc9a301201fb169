#include "runtime/call.h"

#include <cstdint>
#include <limits>
#include <thread>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/function.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/typed_function.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using CallTest = RuntimeTest;

TEST_F(CallTest, PassesIntegersAndReturnsThem) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  Instance& instance = MakeInstance(builder);
  const Outcome<std::vector<Value>> sum =
      CallExport(instance, "add", {Value::I32(-5), Value::I32(3)});
  ASSERT_THAT(sum, HasOutcome());
  EXPECT_THAT(*sum, ElementsAre(Value::I32(-2)));
}

TEST_F(CallTest, PassesFloatsAndVectorsBitByBit) {
  ImageBuilder builder;
  builder.Function(builder.Type({kF32, kV128, kF64}, {kV128, kF64, kF32}),
                   CodeFrom(wasijit_test_rotate_vectors), "rotate");
  Instance& instance = MakeInstance(builder);
  const Value signalling = Value::F32Bits(0x7fa00001);
  const Value vector = Value::Vector(
      V128::FromLanes<uint64_t>({0x0123456789abcdef, 0xfedcba9876543210}));
  const Value negative_zero = Value::F64(-0.0);
  const Outcome<std::vector<Value>> rotated =
      CallExport(instance, "rotate", {signalling, vector, negative_zero});
  ASSERT_THAT(rotated, HasOutcome());
  EXPECT_THAT(*rotated, ElementsAre(vector, negative_zero, signalling));
}

TEST_F(CallTest, PassesWhatHasNoRegisterInTheBuffer) {
  ImageBuilder builder;
  builder.Function(builder.Type(std::vector(8, kI64), {kI64}),
                   CodeFrom(wasijit_test_buffer_arguments), "difference");
  builder.Function(builder.Type({kI64}, {kI64, kI64, kI64, kI64, kI64, kF64}),
                   CodeFrom(wasijit_test_buffer_results), "count");
  Instance& instance = MakeInstance(builder);
  std::vector<Value> arguments(8, Value::I64(0));
  arguments[0] = Value::I64(builder.CallBufferSlot());
  arguments[6] = Value::I64(100);
  arguments[7] = Value::I64(58);
  const Outcome<std::vector<Value>> difference =
      CallExport(instance, "difference", arguments);
  ASSERT_THAT(difference, HasOutcome());
  EXPECT_THAT(*difference, ElementsAre(Value::I64(42)));

  const Outcome<std::vector<Value>> count =
      CallExport(instance, "count", {Value::I64(builder.CallBufferSlot())});
  ASSERT_THAT(count, HasOutcome());
  EXPECT_THAT(*count,
              ElementsAre(Value::I64(1), Value::I64(2), Value::I64(3),
                          Value::I64(4), Value::I64(5), Value::F64(6.0)));
}

TEST_F(CallTest, RefusesArgumentsOfOtherTypes) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  Function& add = *MakeInstance(builder).FindFunction("add");
  EXPECT_THAT(Call(add, {Value::I32(1)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the function takes 2 arguments, not 1"));
  EXPECT_THAT(Call(add, {Value::I32(1), Value::F64(2)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "argument 1 is f64, but the function takes i32"));
}

TEST_F(CallTest, TrapsOfEveryKindArrive) {
  for (uint32_t encoding = 0; TrapKindFromEncoding(encoding); ++encoding) {
    const TrapKind kind = *TrapKindFromEncoding(encoding);
    SCOPED_TRACE(TrapMessage(kind));
    ImageBuilder builder;
    builder.Function(builder.Type({}, {}), TrapCode(kind), "trap");
    EXPECT_THAT(CallExport(MakeInstance(builder), "trap"), TrapsWith(kind));
  }
}

TEST_F(CallTest, TheThreadIsFineAfterAnyNumberOfTraps) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                   "trap");
  Instance& instance = MakeInstance(builder);
  for (int i = 0; i < 10000; ++i) {
    ASSERT_THAT(CallExport(instance, "trap"),
                TrapsWith(TrapKind::kUnreachable));
    const auto sum =
        CallExport(instance, "add", {Value::I32(i), Value::I32(1)});
    ASSERT_THAT(sum, HasOutcome());
    ASSERT_EQ((*sum)[0].i32(), i + 1);
  }
}

TEST_F(CallTest, EndlessRecursionExhaustsTheCallStack) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_recurse),
                   "recurse");
  Instance& instance = MakeInstance(builder);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(CallExport(instance, "recurse"),
                TrapsWith(TrapKind::kCallStackExhausted));
  }
}

TEST_F(CallTest, NestedCallsEndOneByOne) {
  ImageBuilder inner;
  inner.Function(inner.Type({}, {}), TrapCode(TrapKind::kCastFailure), "trap");
  Function& trap = *MakeInstance(inner).FindFunction("trap");

  int host_calls = 0;
  Function& host = NewFunction(HostFunction::Wrap([&]() -> int64_t {
    ++host_calls;
    const auto outcome = Call(trap, {});
    EXPECT_THAT(*outcome, TrapsWith(TrapKind::kCastFailure));
    return 17;
  }));
  ImageBuilder outer;
  const uint32_t type = outer.Type({}, {kI64});
  outer.Import("", "", FunctionExternType{.type = type});
  outer.Function(outer.Type({kI64}, {kI64}), CodeFrom(wasijit_test_call_import),
                 "call");
  Instance& instance = MakeInstance(outer, {&host});
  const auto outcome =
      CallExport(instance, "call", {Value::I64(outer.ImportSlot(0))});
  ASSERT_THAT(outcome, HasOutcome());
  EXPECT_THAT(*outcome, ElementsAre(Value::I64(17)));
  EXPECT_EQ(host_calls, 1);
}

TEST_F(CallTest, NestedRecursionThroughTheHostExhaustsTheCallStack) {
  Function* recurse = nullptr;
  int64_t slot = 0;
  int depth = 0;
  Function& host = NewFunction(HostFunction::Wrap([&]() -> Outcome<int64_t> {
    ++depth;
    auto outcome = Call(*recurse, {Value::I64(slot)});
    if (!outcome->has_value()) {
      return std::unexpected(std::move(*outcome).error());
    }
    return 0;
  }));
  ImageBuilder builder;
  builder.Import("", "", FunctionExternType{.type = builder.Type({}, {kI64})});
  builder.Function(builder.Type({kI64}, {kI64}),
                   CodeFrom(wasijit_test_call_import), "call");
  Instance& instance = MakeInstance(builder, {&host});
  slot = builder.ImportSlot(0);
  recurse = instance.FindFunction("call");
  EXPECT_THAT(CallExport(instance, "call", {Value::I64(slot)}),
              TrapsWith(TrapKind::kCallStackExhausted));
  EXPECT_GT(depth, 1000);
}

TEST_F(CallTest, TypedFunctionsCheckTheirType) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  Function& add = *MakeInstance(builder).FindFunction("add");
  auto typed = TypedFunction<int32_t(int32_t, int32_t)>::Create(add);
  ASSERT_OK(typed);
  EXPECT_EQ((*typed)(std::numeric_limits<int32_t>::max(), 1),
            std::numeric_limits<int32_t>::min());
  EXPECT_THAT((TypedFunction<int32_t(int32_t, int64_t)>::Create(add)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("(param i32 i64)")));
}

TEST_F(CallTest, TypedFunctionsTakeAndReturnEveryTypeAndAnyNumber) {
  ImageBuilder builder;
  builder.Function(builder.Type(std::vector(8, kI64), {kI64}),
                   CodeFrom(wasijit_test_buffer_arguments), "difference");
  builder.Function(builder.Type({kI64}, {kI64, kI64, kI64, kI64, kI64, kF64}),
                   CodeFrom(wasijit_test_buffer_results), "count");
  builder.Function(builder.Type({kF32, kV128, kF64}, {kV128, kF64, kF32}),
                   CodeFrom(wasijit_test_rotate_vectors), "rotate");
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                   "trap");
  Instance& instance = MakeInstance(builder);

  auto difference = TypedFunction<int64_t(
      int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,
      int64_t)>::Create(*instance.FindFunction("difference"));
  ASSERT_OK(difference);
  EXPECT_EQ((*difference)(builder.CallBufferSlot(), 0, 0, 0, 0, 0, 50, 8), 42);

  using Counted =
      std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t, double>;
  auto count =
      TypedFunction<Counted(int64_t)>::Create(*instance.FindFunction("count"));
  ASSERT_OK(count);
  EXPECT_EQ((*count)(builder.CallBufferSlot()), Counted(1, 2, 3, 4, 5, 6.0));

  const V128 vector = V128::FromLanes<uint32_t>({1, 2, 3, 4});
  using Rotated = std::tuple<V128, double, float>;
  auto rotate = TypedFunction<Rotated(float, V128, double)>::Create(
      *instance.FindFunction("rotate"));
  ASSERT_OK(rotate);
  EXPECT_EQ((*rotate)(1.5f, vector, 2.5), Rotated(vector, 2.5, 1.5f));

  auto trap = TypedFunction<void()>::Create(*instance.FindFunction("trap"));
  ASSERT_OK(trap);
  EXPECT_THAT((*trap)(), TrapsWith(TrapKind::kUnreachable));
}

TEST_F(CallTest, HostFunctionsCanBeCalledDirectly) {
  Function& host = NewFunction(
      HostFunction::Wrap([](Caller& caller, int32_t x) -> Outcome<int32_t> {
        if (caller.instance() != nullptr || caller.memory() != nullptr) {
          return std::unexpected(Trap{TrapKind::kHostError, "has a caller"});
        }
        if (x < 0) return std::unexpected(Exit{.code = 9});
        return x + 1;
      }));
  const auto next = Call(host, {Value::I32(41)});
  ASSERT_OK(next);
  ASSERT_THAT(*next, HasOutcome());
  EXPECT_THAT(**next, ElementsAre(Value::I32(42)));
  const auto exit = Call(host, {Value::I32(-1)});
  ASSERT_OK(exit);
  EXPECT_THAT(*exit, ExitsWith(9));
}

TEST_F(CallTest, EveryThreadCanCall) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_recurse),
                   "recurse");
  const auto module = Load(builder);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Store store(*engine_);
      const auto instance = store.Instantiate(module, {});
      ASSERT_OK(instance);
      for (int i = 0; i < 100; ++i) {
        const auto sum =
            CallExport(***instance, "add", {Value::I32(t), Value::I32(i)});
        ASSERT_THAT(sum, HasOutcome());
        ASSERT_EQ((*sum)[0].i32(), t + i);
        ASSERT_THAT(CallExport(***instance, "recurse"),
                    TrapsWith(TrapKind::kCallStackExhausted));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace wasijit::test
