#include "runtime/linker.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/store.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using LinkerTest = RuntimeTest;

HostFunction Seven() {
  return HostFunction::Wrap([] { return int64_t{7}; });
}
HostFunction Eight() {
  return HostFunction::Wrap([] { return int64_t{8}; });
}

// Imports "env" "f" of type () -> i64 and calls it by "call".
ImageBuilder Importer() {
  ImageBuilder builder;
  builder.Import("env", "f",
                 FunctionExternType{.type = builder.Type({}, {kI64})});
  builder.Function(builder.Type({kI64}, {kI64}),
                   CodeFrom(wasijit_test_call_import), "call");
  return builder;
}

TEST_F(LinkerTest, FindsImportsByBothNames) {
  const ImageBuilder importer = Importer();
  Linker linker;
  ASSERT_OK(linker.Define("env", "f", Seven()));
  ASSERT_OK(linker.Define("env", "g", Eight()));
  ASSERT_OK(linker.Define("other", "f", Eight()));
  const auto outcome = linker.Instantiate(*store_, Load(importer));
  ASSERT_OK(outcome);
  EXPECT_THAT(
      *CallExport(***outcome, "call", {Value::I64(importer.ImportSlot(0))}),
      ElementsAre(Value::I64(7)));
}

TEST_F(LinkerTest, OneLinkerServesManyStores) {
  const ImageBuilder importer = Importer();
  const auto module = Load(importer);
  Linker linker;
  ASSERT_OK(linker.Define("env", "f", Seven()));
  for (int i = 0; i < 3; ++i) {
    Store store(*engine_);
    const auto outcome = linker.Instantiate(store, module);
    ASSERT_OK(outcome);
    EXPECT_THAT(
        *CallExport(***outcome, "call", {Value::I64(importer.ImportSlot(0))}),
        ElementsAre(Value::I64(7)));
  }
}

TEST_F(LinkerTest, NamesAreTakenOnceUnlessShadowingIsAllowed) {
  Linker linker;
  ASSERT_OK(linker.Define("env", "f", Seven()));
  EXPECT_THAT(linker.Define("env", "f", Eight()),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "\"env\" \"f\" is defined twice"));
  linker.AllowShadowing(true);
  ASSERT_OK(linker.Define("env", "f", Eight()));
  const auto found = linker.Find(*store_, "env", "f");
  ASSERT_OK(found);
  EXPECT_THAT(**Call(*std::get<Function*>(*found), {}),
              ElementsAre(Value::I64(8)));
}

TEST_F(LinkerTest, SourcesMakeFunctionsOnDemand) {
  Linker linker;
  std::vector<std::string> asked;
  const auto source =
      [&](absl::string_view name) -> std::optional<HostFunction> {
    asked.emplace_back(name);
    if (name == "f") return Seven();
    return std::nullopt;
  };
  ASSERT_OK(linker.DefineFrom("env", source));
  EXPECT_THAT(asked, testing::IsEmpty());
  EXPECT_THAT(linker.DefineFrom("env", source),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "the functions of \"env\" are defined twice"));
  const auto result_of = [&](absl::string_view name) {
    const auto found = linker.Find(*store_, "env", name);
    EXPECT_OK(found);
    return **Call(*std::get<Function*>(*found), {});
  };
  EXPECT_THAT(result_of("f"), ElementsAre(Value::I64(7)));
  EXPECT_THAT(asked, ElementsAre("f"));
  EXPECT_FALSE(linker.Find(*store_, "env", "g").ok());
  EXPECT_FALSE(linker.Find(*store_, "elsewhere", "f").ok());
  EXPECT_THAT(linker.Define("env", "f", Eight()),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       "\"env\" \"f\" is defined twice"));
  EXPECT_THAT(result_of("f"), ElementsAre(Value::I64(7)));
  ASSERT_OK(linker.Define("env", "g", Eight()));
  EXPECT_THAT(result_of("g"), ElementsAre(Value::I64(8)));
  linker.AllowShadowing(true);
  ASSERT_OK(linker.Define("env", "f", Eight()));
  EXPECT_THAT(result_of("f"), ElementsAre(Value::I64(8)));
}

TEST_F(LinkerTest, InstancesProvideTheirExports) {
  ImageBuilder exporter;
  exporter.Memory(1, 2);
  exporter.Table(3);
  exporter.Global(kI32, false, I32Const(1));
  exporter.Function(exporter.Type({}, {}), TrapCode(TrapKind::kUnreachable),
                    "f");
  exporter.Export("m", ExternKind::kMemory, 0);
  exporter.Export("t", ExternKind::kTable, 0);
  exporter.Export("g", ExternKind::kGlobal, 0);
  Instance& instance = MakeInstance(exporter);
  Linker linker;
  ASSERT_OK(linker.DefineInstance("lib", instance));

  ImageBuilder importer;
  importer.Import("lib", "g", instance.FindGlobal("g")->type());
  importer.Import("lib", "t", instance.FindTable("t")->type());
  importer.Import("lib", "m", instance.FindMemory("m")->type());
  importer.Import("lib", "f",
                  FunctionExternType{.type = importer.Type({}, {})});
  const auto outcome = linker.Instantiate(*store_, Load(importer));
  ASSERT_OK(outcome);
  EXPECT_EQ((**outcome)->memory(0), instance.memory(0));
  EXPECT_EQ((**outcome)->table(0), instance.table(0));
  EXPECT_EQ((**outcome)->global(0), instance.global(0));
}

TEST_F(LinkerTest, NamesEveryImportThatIsMissingOrWrong) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({kI32}, {kI64});
  MemoryType memory;
  memory.limits.min = 1;
  builder.Import("env", "missing", FunctionExternType{.type = type});
  builder.Import("env", "f", FunctionExternType{.type = type});
  builder.Import("env", "memory", memory);
  Linker linker;
  ASSERT_OK(linker.Define("env", "f", Seven()));
  EXPECT_THAT(
      linker.Instantiate(*store_, Load(builder)),
      StatusIs(
          absl::StatusCode::kFailedPrecondition,
          "unknown import: \"env\" \"missing\" (func (param i32) (result "
          "i64))\n"
          "incompatible import type: \"env\" \"f\" (func (param i32) (result "
          "i64)) is given (func (result i64))\n"
          "unknown import: \"env\" \"memory\" (memory 1)"));
}

TEST_F(LinkerTest, LongListsOfProblemsAreCut) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  for (int i = 0; i < 100; ++i) {
    builder.Import("env", std::to_string(i), FunctionExternType{.type = type});
  }
  EXPECT_THAT(Linker().Instantiate(*store_, Load(builder)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::EndsWith("\nand 84 more")));
}

TEST_F(LinkerTest, UnknownImportsCanBeTraps) {
  ImageBuilder importer = Importer();
  const auto module = Load(importer);
  Linker linker;
  linker.DefineUnknownImportsAsTraps(*module);
  const auto outcome = linker.Instantiate(*store_, module);
  ASSERT_OK(outcome);
  const auto called =
      CallExport(***outcome, "call", {Value::I64(importer.ImportSlot(0))});
  ASSERT_THAT(called, TrapsWith(TrapKind::kUnknownImport));
  EXPECT_EQ(ToString(std::get<Trap>(called.error())),
            "unknown import called: \"env\" \"f\"");
  // What is defined stays.
  Linker other;
  ASSERT_OK(other.Define("env", "f", Seven()));
  other.DefineUnknownImportsAsTraps(*module);
  const auto found = other.Find(*store_, "env", "f");
  ASSERT_OK(found);
  EXPECT_THAT(**Call(*std::get<Function*>(*found), {}),
              ElementsAre(Value::I64(7)));
}

TEST_F(LinkerTest, TrapsStandForFunctionsOfTypesThatOnlyTheModuleHas) {
  ImageBuilder builder;
  // A type that is not final differs from the one that Wrap would make.
  SubType open;
  open.composite = FuncType{};
  open.is_final = false;
  builder.Import("env", "f", FunctionExternType{.type = builder.Add(open)});
  const auto module = Load(builder);
  Linker linker;
  ASSERT_OK(linker.Define("env", "f", HostFunction::Wrap([] {})));
  EXPECT_THAT(linker.Instantiate(*store_, module),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::_));
  Linker traps;
  traps.DefineUnknownImportsAsTraps(*module);
  EXPECT_OK(traps.Instantiate(*store_, module));
}

TEST_F(LinkerTest, OtherUnknownImportsStayUnknown) {
  ImageBuilder builder;
  builder.Import("env", "m", MemoryType{});
  const auto module = Load(builder);
  Linker linker;
  linker.DefineUnknownImportsAsTraps(*module);
  EXPECT_THAT(linker.Instantiate(*store_, module),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::StartsWith("unknown import")));
}

TEST_F(LinkerTest, FindSaysWhatIsNotDefined) {
  Linker linker;
  EXPECT_THAT(linker.Find(*store_, "env", "f"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"env\"")));
}

TEST_F(LinkerTest, NamesWithAnyBytesAreKeptApart) {
  Linker linker;
  ASSERT_OK(linker.Define("a", std::string("b\0c", 3), Seven()));
  ASSERT_OK(linker.Define(std::string("a\0b", 3), "c", Eight()));
  EXPECT_THAT(linker.Find(*store_, "a", "b"),
              StatusIs(absl::StatusCode::kNotFound, testing::_));
  EXPECT_OK(linker.Find(*store_, "a", std::string("b\0c", 3)));
}

}  // namespace
}  // namespace wasijit::test
