#include "runtime/backtrace.h"

#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/call.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/outcome.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

class BacktraceTest : public RuntimeTest {
 protected:
  static std::string TextOf(const Outcome<std::vector<Value>>& outcome) {
    return ToString(std::get<Trap>(outcome.error()).backtrace);
  }
};

TEST_F(BacktraceTest, NamesModulesFunctionsAndOffsets) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({kI64}, {kI32});
  builder.Memory(1);
  builder.Function(type, {wasijit_test_load, wasijit_test_store}, "load");
  builder.Name("program");
  builder.FunctionName(0, "load_word");
  builder.Location(wasijit_test_load_access, 0, 0x1a3);
  EXPECT_EQ(TextOf(CallExport(MakeInstance(builder), "load",
                              {Value::I64(builder.FromPinned(65536))})),
            "wasm backtrace:\n"
            "    0:  0x1a3 - program!load_word\n");
}

TEST_F(BacktraceTest, DoesWithoutNamesAndOffsets) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                   "trap");
  EXPECT_EQ(TextOf(CallExport(MakeInstance(builder), "trap")),
            "wasm backtrace:\n"
            "    0:      ? - <unknown>!<wasm function 0>\n");
}

TEST_F(BacktraceTest, NamesAreEscaped) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                   "trap");
  builder.Name("a\x1b[31m\n");
  builder.FunctionName(0, "gr\xc3\xbc\xc3\x9f\t");
  EXPECT_EQ(TextOf(CallExport(MakeInstance(builder), "trap")),
            "wasm backtrace:\n"
            "    0:      ? - a\\x1b[31m\\n!gr\xc3\xbc\xc3\x9f\\t\n");
}

TEST_F(BacktraceTest, ACallerIsFoundBeforeTheCalleeHasAFrame) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  const Code trap = TrapCode(TrapKind::kUnreachable);
  builder.Function(type, {wasijit_test_call_trap, wasijit_test_traps}, "call");
  builder.Function(type, trap);
  builder.FunctionName(0, "caller");
  builder.FunctionName(1, "callee");
  builder.Location(wasijit_test_call_trap, 0, 0x10);
  builder.Location(wasijit_test_call_trap_return, 0, 0x11);
  builder.Location(trap.begin, 1, 0x20);
  EXPECT_EQ(TextOf(CallExport(MakeInstance(builder), "call")),
            "wasm backtrace:\n"
            "    0:   0x20 - <unknown>!callee\n"
            "    1:   0x10 - <unknown>!caller\n");
}

TEST_F(BacktraceTest, InlinedCallsHaveFrames) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  const Code trap = TrapCode(TrapKind::kUnreachable);
  builder.Function(type, trap, "outer");
  builder.Function(type, {wasijit_test_add, wasijit_test_divide});
  builder.FunctionName(0, "outer");
  builder.FunctionName(1, "inner");
  builder.Location(trap.begin, 1, 0x99, builder.Inlined(0, 0x55));
  EXPECT_EQ(TextOf(CallExport(MakeInstance(builder), "outer")),
            "wasm backtrace:\n"
            "    0:   0x99 - <unknown>!inner\n"
            "    1:   0x55 - <unknown>!outer\n");
}

TEST_F(BacktraceTest, DeepStacksAreCut) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}),
                   {wasijit_test_recurse, wasijit_test_recurse_import},
                   "recurse");
  const auto outcome = CallExport(MakeInstance(builder), "recurse");
  const Backtrace& backtrace = std::get<Trap>(outcome.error()).backtrace;
  EXPECT_TRUE(backtrace.truncated);
  EXPECT_GE(backtrace.frames.size(), CapturedFrames::kMax);
  EXPECT_THAT(ToString(backtrace), testing::EndsWith("       ...\n"));
}

// A module that calls an import with its first argument, under a name.
struct Importer {
  explicit Importer(const char* name) {
    builder.Import("", "",
                   FunctionExternType{.type = builder.Type({}, {kI64})});
    builder.Function(builder.Type({kI64}, {kI64}),
                     {wasijit_test_call_import, wasijit_test_grow}, "call");
    builder.Name(name);
    builder.Location(wasijit_test_call_import, 1, 0x42);
  }
  Value Slot() const { return Value::I64(builder.ImportSlot(0)); }

  ImageBuilder builder;
};

TEST_F(BacktraceTest, HostFunctionsAreLeftOut) {
  const Importer importer("guest");
  for (const bool is_generic : {false, true}) {
    const auto fail = [] {
      return std::unexpected(Trap{.kind = TrapKind::kHostError});
    };
    Function& host = NewFunction(
        is_generic
            ? HostFunction::Dynamic(
                  {.params = {}, .results = {kI64}},
                  [fail](Caller&, absl::Span<const Value>,
                         absl::Span<Value>) -> Outcome<void> { return fail(); })
            : HostFunction::Wrap(
                  [fail]() -> Outcome<int64_t> { return fail(); }));
    Instance& instance = MakeInstance(importer.builder, {&host});
    EXPECT_EQ(TextOf(CallExport(instance, "call", {importer.Slot()})),
              "wasm backtrace:\n"
              "    0:   0x42 - guest!<wasm function 1>\n");
  }
}

TEST_F(BacktraceTest, NestedCallsShowTheOuterFrames) {
  ImageBuilder trapping;
  trapping.Function(trapping.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                    "trap");
  trapping.Name("inner");
  Function& trap = *MakeInstance(trapping).FindFunction("trap");
  const Importer importer("outer");
  Function& host =
      NewFunction(HostFunction::Wrap([&trap]() -> Outcome<int64_t> {
        auto outcome = Call(trap, {});
        return std::unexpected(std::move(*outcome).error());
      }));
  Instance& instance = MakeInstance(importer.builder, {&host});
  EXPECT_EQ(TextOf(CallExport(instance, "call", {importer.Slot()})),
            "wasm backtrace:\n"
            "    0:      ? - inner!<wasm function 0>\n"
            "    1:   0x42 - outer!<wasm function 1>\n");
}

TEST_F(BacktraceTest, FramesKeepTheirModuleAlive) {
  Backtrace backtrace;
  {
    auto engine = Engine::Create();
    Store store(**engine);
    ImageBuilder builder;
    builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                     "trap");
    builder.Name("gone");
    const auto instance =
        store.Instantiate(*(*engine)->Load(builder.Build()), {});
    const auto outcome = CallExport(***instance, "trap");
    backtrace = std::get<Trap>(outcome.error()).backtrace;
  }
  EXPECT_THAT(ToString(backtrace), testing::HasSubstr("gone!"));
}

TEST(EmptyBacktraceTest, IsNoText) { EXPECT_EQ(ToString(Backtrace()), ""); }

}  // namespace
}  // namespace wasijit::test
