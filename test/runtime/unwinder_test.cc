#include "runtime/unwinder.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/call.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/tag.h"
#include "runtime/typed_function.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using test::CodeFrom;
using test::ImageBuilder;
using test::kI64;
using test::TrapsWith;
using ::testing::ElementsAre;
using ::testing::SizeIs;

MATCHER_P2(Throws, tag, value, "") {
  if (arg.has_value()) return false;
  const auto* const exception = std::get_if<Exception>(&arg.error());
  return exception != nullptr && exception->tag == tag &&
         exception->payload == std::vector<Value>{Value::I64(value)};
}

class UnwinderTest : public test::RuntimeTest {
 protected:
  UnwinderTest() {
    auto tag = store_->NewTag({.params = {kI64}, .results = {}});
    EXPECT_OK(tag);
    tag_ = *tag;
  }

  // Its import throws its argument if that is not negative.
  Outcome<int64_t> ThrowUnlessNegative(int64_t value) {
    if (value < 0) return value;
    return std::unexpected(
        Exception{.tag = tag_, .payload = {Value::I64(value)}});
  }

  // "call" calls the import, "catch" calls "call".
  Instance& MakeCaller(HostFunction import) {
    const uint32_t unary = builder_.Type({kI64}, {kI64});
    const uint32_t binary = builder_.Type({kI64, kI64}, {kI64});
    builder_.Import("env", "f", FunctionExternType{.type = unary});
    builder_.Function(binary, CodeFrom(wasijit_test_call_import), "call");
    builder_.Function(binary, CodeFrom(wasijit_test_catch_import), "catch");
    if constexpr (kHostInstructionSet == InstructionSet::kX86_64) {
      builder_.Frame(0, 16, {{0, -16}, {2, -8}});
      builder_.Frame(1, 16, {{0, -8}, {3, -16}});
    } else {
      builder_.Frame(0, 32, {{1, 16}});
      builder_.Frame(1, 32, {{0, 16}, {9, 24}});
    }
    builder_.Pad(wasijit_test_catch_import_return,
                 wasijit_test_catch_import_pad);
    return MakeInstance(builder_, {&NewFunction(std::move(import))});
  }
  Outcome<std::vector<Value>> CallWith(Instance& instance,
                                       absl::string_view name, int64_t value) {
    return CallExport(instance, name,
                      {Value::I64(builder_.ImportSlot(0)), Value::I64(value)});
  }

  Tag* tag_;
  ImageBuilder builder_;
};

// In every way in which host functions are called.
TEST_F(UnwinderTest, FindsTheLandingPadAndRestoresRegisters) {
  const auto thrower = [this](int64_t value) {
    return ThrowUnlessNegative(value);
  };
  const auto dynamic = [this](Caller&, absl::Span<const Value> arguments,
                              absl::Span<Value> results) -> Outcome<void> {
    const Outcome<int64_t> result = ThrowUnlessNegative(arguments[0].i64());
    if (!result.has_value()) return std::unexpected(result.error());
    results[0] = Value::I64(*result);
    return {};
  };
  for (const HostFunction& import :
       {HostFunction::Wrap(thrower),
        HostFunction::Dynamic({{kI64}, {kI64}}, dynamic)}) {
    builder_ = ImageBuilder();
    Instance& instance = MakeCaller(import);
    EXPECT_THAT(*CallWith(instance, "catch", -5), ElementsAre(Value::I64(-5)));
    EXPECT_THAT(*CallWith(instance, "catch", 7), ElementsAre(Value::I64(1007)));
    EXPECT_THAT(CallWith(instance, "call", 8), Throws(tag_, 8));
    EXPECT_THAT(*CallWith(instance, "call", -5), ElementsAre(Value::I64(-5)));
  }
}

TEST_F(UnwinderTest, UncaughtExceptionsTellWhereTheyCameFrom) {
  Instance& instance = MakeCaller(HostFunction::Wrap(
      [this](int64_t value) { return ThrowUnlessNegative(value); }));
  const auto outcome = CallWith(instance, "call", 8);
  ASSERT_THAT(outcome, Throws(tag_, 8));
  const auto& exception = std::get<Exception>(outcome.error());
  EXPECT_THAT(exception.backtrace.frames, SizeIs(1));
  EXPECT_EQ(ToString(exception), "a tag of the host (i64.const 8)");
}

// What a host function's own call throws, it may hand on.
TEST_F(UnwinderTest, CrossesHostFunctions) {
  Function* inner = nullptr;
  int64_t slot = 0;
  Instance& instance =
      MakeCaller(HostFunction::Wrap([&](int64_t value) -> Outcome<int64_t> {
        if (value > 100) return ThrowUnlessNegative(value);
        auto call = TypedFunction<int64_t(int64_t, int64_t)>::Create(*inner);
        return (*call)(slot, value + 100);
      }));
  inner = instance.FindFunction("call");
  slot = builder_.ImportSlot(0);
  EXPECT_THAT(*CallWith(instance, "catch", 7), ElementsAre(Value::I64(1107)));
  EXPECT_THAT(CallWith(instance, "call", 7), Throws(tag_, 107));
}

TEST_F(UnwinderTest, RefusesWrongPayloads) {
  const std::vector<std::vector<Value>> kPayloads = {
      {}, {Value::I32(1)}, {Value::I64(1), Value::I64(2)}};
  std::vector<Value> payload;
  Instance& instance =
      MakeCaller(HostFunction::Wrap([&](int64_t) -> Outcome<int64_t> {
        return std::unexpected(Exception{.tag = tag_, .payload = payload});
      }));
  for (const std::vector<Value>& wrong : kPayloads) {
    payload = wrong;
    EXPECT_THAT(CallWith(instance, "catch", 1),
                TrapsWith(TrapKind::kHostError));
  }
}

TEST_F(UnwinderTest, ExceptionsOfHostFunctionsReachTheEmbedder) {
  Function& function = NewFunction(HostFunction::Wrap(
      [this](int64_t value) { return ThrowUnlessNegative(value); }));
  const auto outcome = Call(function, {Value::I64(3)});
  ASSERT_OK(outcome);
  EXPECT_THAT(*outcome, Throws(tag_, 3));
}

}  // namespace
}  // namespace wasijit
