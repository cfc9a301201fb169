#include "runtime/instance.h"

#include <optional>
#include <variant>

#include "gtest/gtest.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using InstanceTest = RuntimeTest;

TEST_F(InstanceTest, ExportsAreFoundByNameAndKind) {
  ImageBuilder builder;
  TagType tag;
  tag.type = builder.Type({}, {});
  builder.Function(tag.type, TrapCode(TrapKind::kUnreachable), "function");
  builder.Table(1);
  builder.Memory(1);
  builder.Global(kI32, false, I32Const(3));
  builder.module().tags.push_back(tag);
  builder.Export("table", ExternKind::kTable, 0);
  builder.Export("memory", ExternKind::kMemory, 0);
  builder.Export("global", ExternKind::kGlobal, 0);
  builder.Export("tag", ExternKind::kTag, 0);
  Instance& instance = MakeInstance(builder);

  EXPECT_EQ(instance.FindTable("table"), instance.table(0));
  EXPECT_EQ(instance.FindMemory("memory"), instance.memory(0));
  EXPECT_EQ(instance.FindGlobal("global"), instance.global(0));
  EXPECT_EQ(instance.FindFunction("function"), instance.function(0));
  EXPECT_EQ(std::get<Tag*>(*instance.FindExport("tag")), instance.tag(0));
  EXPECT_EQ(instance.FindFunction("function")->instance(), &instance);

  EXPECT_EQ(instance.FindExport("none"), std::nullopt);
  EXPECT_EQ(instance.FindExport(""), std::nullopt);
  EXPECT_EQ(instance.FindFunction("memory"), nullptr);
  EXPECT_EQ(instance.FindMemory("function"), nullptr);
  EXPECT_EQ(instance.FindTable("none"), nullptr);
}

TEST_F(InstanceTest, InstancesOfAModuleShareItsCodeOnly) {
  ImageBuilder builder;
  builder.Memory(1);
  builder.Global(kI32, true, I32Const(1));
  const auto module = Load(builder);
  ASSERT_OK_AND_ASSIGN(auto first, store_->Instantiate(module, {}));
  ASSERT_OK_AND_ASSIGN(auto second, store_->Instantiate(module, {}));
  EXPECT_EQ((*first)->compiled_module(), (*second)->compiled_module());
  EXPECT_NE((*first)->memory(0), (*second)->memory(0));
  (*first)->global(0)->Set(Value::I32(2));
  EXPECT_EQ((*second)->global(0)->Get(), Value::I32(1));
}

}  // namespace
}  // namespace wasijit::test
