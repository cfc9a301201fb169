#include "runtime/host_entry.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <tuple>
#include <variant>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

using HostEntryTest = RuntimeTest;

TEST_F(HostEntryTest, EntriesLieInTheirSection) {
  const auto in_section = [](const void* code) {
    return IsInHostEntry(reinterpret_cast<uintptr_t>(code));
  };
  EXPECT_TRUE(in_section(GenericHostEntry()));
  EXPECT_TRUE(in_section(HostFunction::Wrap([] {}).code()));
  EXPECT_FALSE(in_section(reinterpret_cast<const void*>(&GenericHostEntry)));
}

TEST_F(HostEntryTest, PendingTerminationsAreTakenOnce) {
  EXPECT_EQ(TakePendingTermination(), std::nullopt);
  SetPendingTermination(Exit{.code = 3});
  const std::optional<Termination> pending = TakePendingTermination();
  ASSERT_TRUE(pending.has_value());
  EXPECT_EQ(std::get<Exit>(*pending).code, 3u);
  EXPECT_EQ(TakePendingTermination(), std::nullopt);
}

// Recurses through an import until the stack ends.
class RecursionTest : public RuntimeTest {
 protected:
  Outcome<std::vector<Value>> Recurse(HostFunction function) {
    ImageBuilder builder;
    const uint32_t type =
        builder.Type(function.type().params, function.type().results);
    builder.Import("", "", FunctionExternType{.type = type});
    builder.Function(builder.Type({kI64}, {}),
                     CodeFrom(wasijit_test_recurse_import), "recurse");
    Instance& instance =
        MakeInstance(builder, {&NewFunction(std::move(function))});
    return CallExport(instance, "recurse", {Value::I64(builder.ImportSlot(0))});
  }
};

// Uses all of what a host function is promised.
__attribute__((noinline)) uint8_t UseReserve() {
  volatile uint8_t space[kHostStackReserve - 16384];
  for (size_t i = 0; i < sizeof(space); i += 512) space[i] = 1;
  return space[0];
}

TEST_F(RecursionTest, HostFunctionsHaveTheirReserveToTheEnd) {
  int calls = 0;
  EXPECT_THAT(Recurse(HostFunction::Wrap([&calls] {
                ++calls;
                UseReserve();
              })),
              TrapsWith(TrapKind::kCallStackExhausted));
  EXPECT_GT(calls, 10000);
}

TEST_F(RecursionTest, GenericEntriesCheckTheStackAsWell) {
  int calls = 0;
  using Five = std::tuple<int32_t, int32_t, int32_t, int32_t, int32_t>;
  EXPECT_THAT(Recurse(HostFunction::Wrap([&calls]() -> Five {
                ++calls;
                UseReserve();
                return {};
              })),
              TrapsWith(TrapKind::kCallStackExhausted));
  EXPECT_GT(calls, 10000);
}

}  // namespace
}  // namespace wasijit::test
