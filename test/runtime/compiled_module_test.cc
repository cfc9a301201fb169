#include "runtime/compiled_module.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CompiledModuleTest : public RuntimeTest {
 protected:
  // Where a label of arch_code.h has got to.
  static const uint8_t* At(const CompiledModule& module, const uint8_t* label) {
    return module.text().data() + (label - wasijit_test_begin);
  }
};

TEST_F(CompiledModuleTest, CodeIsFoundWhileTheModuleLives) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_add));
  auto module = Load(builder);
  const uint8_t* const begin = module->text().data();
  const uint8_t* const end = begin + module->text().size();
  EXPECT_EQ(CompiledModule::Containing(begin), module.get());
  EXPECT_EQ(CompiledModule::Containing(end - 1), module.get());
  EXPECT_NE(CompiledModule::Containing(end), module.get());
  EXPECT_NE(CompiledModule::Containing(begin - 1), module.get());
  module = nullptr;
  EXPECT_EQ(CompiledModule::Containing(begin), nullptr);
}

TEST_F(CompiledModuleTest, KnowsWhereFunctionsBegin) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  builder.Function(type, {wasijit_test_load, wasijit_test_store});
  const auto module = Load(builder);
  EXPECT_EQ(module->FunctionCode(1), At(*module, wasijit_test_load));
  EXPECT_TRUE(module->IsEntry(At(*module, wasijit_test_load)));
  EXPECT_FALSE(module->IsEntry(At(*module, wasijit_test_load_access)));
  EXPECT_FALSE(module->IsEntry(At(*module, wasijit_test_add)));
  EXPECT_EQ(module->CodeAt(module->text().data() - 1), nullptr);
}

TEST_F(CompiledModuleTest, PlacesComeFromTheNearestLocationOfTheFunction) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Function(type, {wasijit_test_add, wasijit_test_divide});
  builder.Function(type, {wasijit_test_load, wasijit_test_store});
  builder.Function(type, {wasijit_test_store, wasijit_test_peek});
  builder.Location(wasijit_test_add + 1, 0, 0x100);
  const uint32_t outer = builder.Inlined(1, 0x30);
  const uint32_t inner = builder.Inlined(2, 0x20, outer);
  builder.Location(wasijit_test_load_access, 0, 0x10, inner);
  const auto module = Load(builder);
  using testing::AllOf;
  const auto places = [&](const uint8_t* label) {
    return module->PlacesAt(At(*module, label));
  };
  EXPECT_THAT(places(wasijit_test_add), ElementsAre(FieldsAre(0, kNoLocation)));
  EXPECT_THAT(places(wasijit_test_add + 1), ElementsAre(FieldsAre(0, 0x100)));
  EXPECT_THAT(places(wasijit_test_add + 3), ElementsAre(FieldsAre(0, 0x100)));
  // The last location of another function says nothing.
  EXPECT_THAT(places(wasijit_test_load),
              ElementsAre(FieldsAre(1, kNoLocation)));
  EXPECT_THAT(
      places(wasijit_test_load_access),
      ElementsAre(FieldsAre(0, 0x10), FieldsAre(2, 0x20), FieldsAre(1, 0x30)));
  EXPECT_THAT(places(wasijit_test_store),
              ElementsAre(FieldsAre(2, kNoLocation)));
  EXPECT_THAT(places(wasijit_test_peek), IsEmpty());
}

TEST_F(CompiledModuleTest, ImagesForOtherMachinesAreRefused) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), CodeFrom(wasijit_test_add));
  CodeImage foreign = builder.Build();
  foreign.instruction_set = kHostInstructionSet == InstructionSet::kX86_64
                                ? InstructionSet::kAArch64
                                : InstructionSet::kX86_64;
  EXPECT_THAT(engine_->Load(foreign),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("another instruction set")));
  CodeImage demanding = builder.Build();
  demanding.cpu_features = {"flux-capacitor", "warp9"};
  EXPECT_THAT(engine_->Load(demanding),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("flux-capacitor, warp9")));
}

TEST_F(CompiledModuleTest, ModulesWithoutCodeAreFine) {
  ImageBuilder builder;
  CodeImage image = builder.Build();
  image.code.clear();
  image.text_size = 0;
  image.slots.clear();
  const auto module = engine_->Load(image);
  ASSERT_OK(module);
  EXPECT_TRUE((*module)->text().empty());
  EXPECT_OK(store_->Instantiate(*module, {}));
}

TEST_F(CompiledModuleTest, TypesAreTheEngines) {
  ImageBuilder first;
  first.Type({kI64}, {});
  first.Type({kI32}, {});
  ImageBuilder second;
  const uint32_t type = second.Type({kI32}, {});
  second.Import("", "", FunctionExternType{.type = type});
  GlobalType global;
  global.value = ValueType::Ref(HeapType::Concrete(type), true);
  second.Import("", "", global);
  const auto a = Load(first);
  const auto b = Load(second);
  EXPECT_EQ(a->type_ids()[1], b->type_ids()[0]);
  EXPECT_EQ(b->import_types()[0],
            ExternType(FunctionExternType{.type = a->type_ids()[1]}));
  EXPECT_EQ(std::get<GlobalType>(b->import_types()[1]).value,
            ValueType::Ref(HeapType::Concrete(a->type_ids()[1]), true));
  EXPECT_EQ(&a->CanonicalFuncType(1), &b->CanonicalFuncType(0));
}

}  // namespace
}  // namespace wasijit::test
