#include "runtime/engine.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/call.h"
#include "runtime/instance.h"
#include "runtime/store.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::HasSubstr;

TEST(EngineTest, CompilesWithWhatItIsGiven) {
  std::vector<uint8_t> seen;
  BoundsChecks seen_checks = BoundsChecks::kGuardPages;
  auto engine = Engine::Create(
      {.bounds_checks = BoundsChecks::kExplicit},
      [&](absl::Span<const uint8_t> bytes,
          BoundsChecks checks) -> absl::StatusOr<CodeImage> {
        seen.assign(bytes.begin(), bytes.end());
        seen_checks = checks;
        ImageBuilder builder;
        builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                         "trap");
        return builder.Build();
      });
  ASSERT_OK(engine);
  const std::vector<uint8_t> kBytes = {1, 2, 3};
  const auto module = (*engine)->Compile(kBytes);
  ASSERT_OK(module);
  EXPECT_EQ(seen, kBytes);
  EXPECT_EQ(seen_checks, BoundsChecks::kExplicit);
  EXPECT_NE((*module)->module().FindExport("trap"), nullptr);
}

TEST(EngineTest, PassesOnWhatTheCompilerSays) {
  auto engine = Engine::Create({}, [](absl::Span<const uint8_t>, BoundsChecks) {
    return absl::StatusOr<CodeImage>(absl::InvalidArgumentError("no module"));
  });
  ASSERT_OK(engine);
  EXPECT_THAT((*engine)->Compile({}),
              StatusIs(absl::StatusCode::kInvalidArgument, "no module"));
}

TEST(EngineTest, WithoutACompilerOnlyImagesLoad) {
  auto engine = Engine::Create();
  ASSERT_OK(engine);
  EXPECT_THAT((*engine)->Compile({}), StatusIs(absl::StatusCode::kUnimplemented,
                                               HasSubstr("no compiler")));
  ImageBuilder builder;
  EXPECT_OK((*engine)->Load(builder.Build()));
}

TEST(EngineTest, ChoosesGuardPagesWhereThereIsRoom) {
  auto engine = Engine::Create();
  ASSERT_OK(engine);
  EXPECT_EQ((*engine)->bounds_checks(), BoundsChecks::kGuardPages);
}

TEST(EngineTest, StacksHaveALeastAndAGreatestSize) {
  for (const size_t size : {size_t{0}, kMinWasmStack - 1, ~size_t{0}}) {
    EXPECT_THAT(
        Engine::Create({.max_wasm_stack = size}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stack")));
  }
  EXPECT_OK(Engine::Create({.max_wasm_stack = kMinWasmStack}));
}

TEST(EngineTest, TheStackSizeDecidesHowDeepCallsGo) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  builder.Function(builder.Type({kI64}, {}),
                   CodeFrom(wasijit_test_recurse_import), "recurse");
  const auto depth = [&](size_t stack_size) {
    int calls = 0;
    auto engine = Engine::Create({.max_wasm_stack = stack_size});
    EXPECT_OK(engine);
    Store store(**engine);
    const auto host =
        store.NewFunction(HostFunction::Wrap([&calls] { ++calls; }));
    EXPECT_OK(host);
    const auto instance =
        store.Instantiate(*(*engine)->Load(builder.Build()), {*host});
    EXPECT_OK(instance);
    const auto outcome = Call(*(**instance)->FindFunction("recurse"),
                              {Value::I64(builder.ImportSlot(0))});
    EXPECT_THAT(*outcome, TrapsWith(TrapKind::kCallStackExhausted));
    return calls;
  };
  const int small = depth(size_t{1} << 20);
  const int large = depth(size_t{4} << 20);
  EXPECT_GT(small, 1000);
  EXPECT_GT(large, 4 * small);
}

}  // namespace
}  // namespace wasijit::test
