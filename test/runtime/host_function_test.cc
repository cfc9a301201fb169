#include "runtime/host_function.h"

#include <cstdint>
#include <expected>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/call.h"
#include "runtime/caller.h"
#include "runtime/function.h"
#include "runtime/instance.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class HostFunctionTest : public RuntimeTest {
 protected:
  // Calls through the native entry, as compiled code does.
  Outcome<std::vector<Value>> CallHost(HostFunction function,
                                       const std::vector<Value>& arguments) {
    auto outcome = Call(NewFunction(std::move(function)), arguments);
    EXPECT_OK(outcome);
    return *std::move(outcome);
  }

  // Calls it from compiled code with what call_import passes on: 5 integers and
  // 8 floats.
  Outcome<std::vector<Value>> CallFromWasm(HostFunction function,
                                           std::vector<Value> arguments) {
    ImageBuilder builder;
    const HostFunction& f = function;
    std::vector<ValueType> params = f.type().params;
    builder.Import(
        "m", "f",
        FunctionExternType{.type = builder.Type(params, f.type().results)});
    params.insert(params.begin(), kI64);
    builder.Function(builder.Type(params, f.type().results),
                     CodeFrom(wasijit_test_call_import), "call");
    Instance& instance =
        MakeInstance(builder, {&NewFunction(std::move(function))});
    arguments.insert(arguments.begin(), Value::I64(builder.ImportSlot(0)));
    return CallExport(instance, "call", arguments);
  }
};

TEST_F(HostFunctionTest, TypesFollowFromTheSignature) {
  const auto none = HostFunction::Wrap([] {});
  EXPECT_EQ(ToString(none.type()), "(func)");
  const auto all = HostFunction::Wrap(
      [](Caller&, int32_t, uint32_t, int64_t, uint64_t, float, double, V128,
         ExternRef, Function*) -> Outcome<std::tuple<Function*, uint32_t>> {
        return std::make_tuple(nullptr, 0u);
      });
  EXPECT_EQ(ToString(all.type()),
            "(func (param i32 i32 i64 i64 f32 f64 v128 externref funcref) "
            "(result funcref i32))");
}

int32_t Negate(int32_t x) { return -x; }

TEST_F(HostFunctionTest, FunctionPointersAndMutableLambdasWork) {
  EXPECT_THAT(*CallHost(HostFunction::Wrap(&Negate), {Value::I32(7)}),
              ElementsAre(Value::I32(-7)));
  auto counter = HostFunction::Wrap([n = 0]() mutable { return ++n; });
  Function& function = NewFunction(counter);
  Function& copy = NewFunction(counter);
  ASSERT_OK(Call(function, {}));
  // Copies share the callable.
  EXPECT_THAT(**Call(copy, {}), ElementsAre(Value::I32(2)));
}

TEST_F(HostFunctionTest, IntegersKeepTheirValue) {
  const auto identity =
      HostFunction::Wrap([](int32_t a, uint32_t b, int64_t c, uint64_t d) {
        return std::make_tuple(a, b, c, d);
      });
  for (const int64_t x :
       {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::min(),
        int64_t{0x7fffffff}, int64_t{0x80000000}}) {
    const std::vector<Value> values = {Value::I32(static_cast<int32_t>(x)),
                                       Value::I32(static_cast<int32_t>(x)),
                                       Value::I64(x), Value::I64(x)};
    EXPECT_EQ(*CallHost(identity, values), values);
    EXPECT_EQ(*CallFromWasm(identity, values), values);
  }
}

TEST_F(HostFunctionTest, I32ResultsAreZeroExtended) {
  Function& function =
      NewFunction(HostFunction::Wrap([] { return int32_t{-1}; }));
  RegisterFile registers;
  ASSERT_TRUE(Enter(function, registers));
  EXPECT_EQ(registers.integers[0], 0xffffffffu);
}

TEST_F(HostFunctionTest, MixedResultsUseTheirRegisters) {
  const V128 vector = V128::FromLanes<uint16_t>({1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_THAT(*CallHost(HostFunction::Wrap([=] {
                          return std::make_tuple(1.5f, 7, vector, int64_t{-9});
                        }),
                        {}),
              ElementsAre(Value::F32(1.5f), Value::I32(7),
                          Value::Vector(vector), Value::I64(-9)));
  EXPECT_THAT(
      *CallHost(HostFunction::Wrap([] { return std::make_tuple(1.5f, 2.5f); }),
                {}),
      ElementsAre(Value::F32(1.5f), Value::F32(2.5f)));
  EXPECT_THAT(
      *CallHost(HostFunction::Wrap([] { return std::make_tuple(3.5); }), {}),
      ElementsAre(Value::F64(3.5)));
}

TEST_F(HostFunctionTest, AnyNumberOfArgumentsAndResultsPass) {
  using I = int64_t;
  using D = double;
  // Seven integers and nine floats: one of each in the buffer.
  const auto many = HostFunction::Wrap(
      [](I a, D b, I c, D d, I e, D f, I g, D h, I i, D j, I k, D l, I m, D n,
         D o,
         D p) -> std::tuple<I, I, I, I, I, I, I, D, D, D, D, D, D, D, D, D> {
        return {a, c, e, g, i, k, m, b, d, f, h, j, l, n, o, p};
      });
  std::vector<Value> arguments;
  std::vector<Value> integers;
  std::vector<Value> floats;
  for (const ValueType type : many.type().params) {
    const auto i = static_cast<int64_t>(arguments.size());
    arguments.push_back(type == kI64 ? Value::I64(i)
                                     : Value::F64(static_cast<double>(i)));
    (type == kI64 ? integers : floats).push_back(arguments.back());
  }
  std::vector<Value> expected = integers;
  expected.insert(expected.end(), floats.begin(), floats.end());
  EXPECT_EQ(*CallHost(many, arguments), expected);

  // The same arguments for a function with its result in a register.
  const auto last =
      HostFunction::Wrap([](I, D, I, D, I, D, I, D, I, D, I, D, I m, D, D,
                            D p) { return static_cast<double>(m) * 100 + p; });
  EXPECT_THAT(*CallHost(last, arguments), ElementsAre(Value::F64(1215.0)));
}

TEST_F(HostFunctionTest, ReferencesPass) {
  const auto identity = HostFunction::Wrap(
      [](ExternRef x, Function* f) { return std::make_tuple(x, f); });
  Function& function = NewFunction(HostFunction::Wrap([] { return 5; }));
  const Value external = Value::Ref(ValueType::ExternRef(), 12345);
  const auto passed =
      CallHost(identity, {external, Function::Reference(&function)});
  ASSERT_THAT(passed, HasOutcome());
  EXPECT_EQ((*passed)[0], external);
  EXPECT_EQ(Function::FromReference((*passed)[1]), &function);
  const auto null = CallHost(identity, {Value::Default(ValueType::ExternRef()),
                                        Value::Default(ValueType::FuncRef())});
  ASSERT_THAT(null, HasOutcome());
  EXPECT_TRUE((*null)[0].IsNull());
  EXPECT_TRUE((*null)[1].IsNull());
}

TEST_F(HostFunctionTest, TheCallerIsTheImportingInstance) {
  int64_t seen_pages = 0;
  ImageBuilder builder;
  builder.Import("m", "f",
                 FunctionExternType{.type = builder.Type({}, {kI64})});
  builder.Memory(3);
  builder.Function(builder.Type({kI64}, {kI64}),
                   CodeFrom(wasijit_test_call_import), "call");
  Instance* caller_instance = nullptr;
  Function& function =
      NewFunction(HostFunction::Wrap([&](Caller& caller) -> int64_t {
        seen_pages = static_cast<int64_t>(caller.memory()->pages());
        caller_instance = caller.instance();
        EXPECT_EQ(&caller.store(), store_.get());
        return 1;
      }));
  Instance& instance = MakeInstance(builder, {&function});
  EXPECT_THAT(CallExport(instance, "call", {Value::I64(builder.ImportSlot(0))}),
              HasOutcome());
  EXPECT_EQ(seen_pages, 3);
  EXPECT_EQ(caller_instance, &instance);
}

// Counts its living copies.
struct Counted {
  explicit Counted(int& living) : living(&living) { ++living; }
  Counted(const Counted& other) : living(other.living) { ++*living; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*living; }
  int* living;
};

TEST_F(HostFunctionTest, FailuresDestroyEverythingFirst) {
  int living = 0;
  const auto fail = [&living](int32_t how) -> Outcome<int32_t> {
    const Counted local(living);
    const std::string text(100, 'x');
    if (how == 1) return std::unexpected(Exit{.code = 77});
    if (how == 2) {
      return std::unexpected(
          Trap{.kind = TrapKind::kHostError, .message = "no disk: " + text});
    }
    return how;
  };
  for (const bool is_from_wasm : {false, true}) {
    const auto call = [&](int32_t how) {
      const HostFunction function = HostFunction::Wrap(fail);
      return is_from_wasm ? CallFromWasm(function, {Value::I32(how)})
                          : CallHost(function, {Value::I32(how)});
    };
    EXPECT_THAT(call(0), HasOutcome());
    EXPECT_THAT(call(1), ExitsWith(77));
    const auto trap = call(2);
    ASSERT_THAT(trap, TrapsWith(TrapKind::kHostError));
    EXPECT_THAT(ToString(std::get<Trap>(trap.error())),
                HasSubstr("no disk: xxx"));
    EXPECT_EQ(living, 0);
  }
}

TEST_F(HostFunctionTest, FailuresWithoutOrWithManyResultsArrive) {
  EXPECT_THAT(CallHost(HostFunction::Wrap([]() -> Outcome<void> {
                         return std::unexpected(Exit{.code = 1});
                       }),
                       {}),
              ExitsWith(1));
  using Five = std::tuple<int32_t, int32_t, int32_t, int32_t, int32_t>;
  EXPECT_THAT(CallHost(HostFunction::Wrap([]() -> Outcome<Five> {
                         return std::unexpected(Exit{.code = 2});
                       }),
                       {}),
              ExitsWith(2));
  EXPECT_THAT(
      CallHost(HostFunction::Wrap([]() -> Outcome<void> { return {}; }), {}),
      HasOutcome());
}

TEST_F(HostFunctionTest, DynamicFunctionsSeeAndGiveValues) {
  FuncType type;
  for (int i = 0; i < 10; ++i) {
    type.params.insert(type.params.end(), {kI32, kF32, kV128});
  }
  type.results = type.params;
  const auto reverse = HostFunction::Dynamic(
      type,
      [](Caller&, absl::Span<const Value> arguments,
         absl::Span<Value> results) -> Outcome<void> {
        for (size_t i = 0; i < arguments.size(); i += 3) {
          for (size_t j = 0; j < 3; ++j) {
            results[i + j] = arguments[arguments.size() - 3 - i + j];
          }
        }
        return {};
      });
  std::vector<Value> arguments;
  for (int i = 0; i < 10; ++i) {
    arguments.push_back(Value::I32(-i));
    arguments.push_back(Value::F32(static_cast<float>(i)));
    arguments.push_back(
        Value::Vector(V128::FromLanes<int64_t>({i, int64_t{i} << 40})));
  }
  const auto results = CallHost(reverse, arguments);
  ASSERT_THAT(results, HasOutcome());
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ((*results)[i], arguments[27 - i / 3 * 3 + i % 3]) << i;
  }
}

TEST_F(HostFunctionTest, DynamicFunctionsMustKeepToTheirType) {
  const auto wrong =
      HostFunction::Dynamic({.params = {}, .results = {kF64}},
                            [](Caller&, absl::Span<const Value>,
                               absl::Span<Value> results) -> Outcome<void> {
                              results[0] = Value::I64(1);
                              return {};
                            });
  const auto outcome = CallHost(wrong, {});
  ASSERT_THAT(outcome, TrapsWith(TrapKind::kHostError));
  EXPECT_EQ(ToString(std::get<Trap>(outcome.error())),
            "host function returned i64 for its result 0 of type f64");
  const auto failing = HostFunction::Dynamic(
      {},
      [](Caller&, absl::Span<const Value>, absl::Span<Value>) -> Outcome<void> {
        return std::unexpected(Exit{.code = 4});
      });
  EXPECT_THAT(CallHost(failing, {}), ExitsWith(4));
}

}  // namespace
}  // namespace wasijit::test
