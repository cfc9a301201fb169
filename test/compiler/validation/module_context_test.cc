#include "compiler/validation/module_context.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

// Types 0 and 2 are equal.
class ModuleContextTest : public testing::Test {
 protected:
  ModuleContextTest() {
    module_.types.resize(3);
    module_.types[1].composite = StructType();
    module_.rec_groups = {{0, 1}, {1, 1}, {2, 1}};
    context_.type_ids = *context_.registry.AddModule(module_);
  }

  Module module_;
  ModuleContext context_{module_, FeatureSet::Default()};
};

ValueType Nullable(HeapType type) { return ValueType::Ref(type, true); }

TEST_F(ModuleContextTest, MakesEqualTypesEqual) {
  FeatureSet used;
  std::string error;
  const auto first =
      context_.Canonical(Nullable(HeapType::Concrete(0)), used, error);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first,
            context_.Canonical(Nullable(HeapType::Concrete(2)), used, error));
  EXPECT_NE(first,
            context_.Canonical(Nullable(HeapType::Concrete(1)), used, error));
  EXPECT_TRUE(used.Has(Feature::kFunctionReferences));
}

TEST_F(ModuleContextTest, RefusesTypesThatDoNotExistOrAreDisabled) {
  FeatureSet used;
  std::string error;
  EXPECT_EQ(context_.Canonical(Nullable(HeapType::Concrete(3)), used, error),
            std::nullopt);
  EXPECT_EQ(error, "unknown type 3");
  const HeapType exact = HeapType::Concrete(1, /*exact=*/true);
  EXPECT_EQ(context_.Canonical(Nullable(exact), used, error), std::nullopt);
  EXPECT_EQ(error, "the custom-descriptors proposal is disabled");
}

TEST_F(ModuleContextTest, NamesTypesByTheModulesIndices) {
  FeatureSet used;
  std::string error;
  const ValueType structure =
      *context_.Canonical(Nullable(HeapType::Concrete(1)), used, error);
  EXPECT_EQ(context_.TypeName(structure), "(ref null 1)");
  const ValueType types[] = {ValueType::I32(), structure};
  EXPECT_EQ(context_.TypeNames(types), "[i32 (ref null 1)]");
  EXPECT_EQ(context_.TypeNames({}), "[]");
}

TEST(FeaturesOf, KnowsWhichProposalBroughtAType) {
  const struct {
    ValueType type;
    Feature feature;
  } kCases[] = {
      {ValueType::V128(), Feature::kSimd},
      {ValueType::ExternRef(), Feature::kReferenceTypes},
      {ValueType::Ref(AbstractHeapType::kFunc, false),
       Feature::kFunctionReferences},
      {Nullable(HeapType::Concrete(0)), Feature::kFunctionReferences},
      {Nullable(AbstractHeapType::kI31), Feature::kGc},
      {Nullable(AbstractHeapType::kExn), Feature::kExceptions},
      {Nullable(HeapType::Concrete(0, true)), Feature::kCustomDescriptors},
  };
  for (const auto& c : kCases) {
    EXPECT_TRUE(FeaturesOf(c.type).Has(c.feature)) << ToString(c.type);
  }
  EXPECT_EQ(FeaturesOf(ValueType::F64()), FeatureSet());
}

TEST(DisabledFeature, NamesTheProposal) {
  FeatureSet used;
  used.Add(Feature::kSimd);
  EXPECT_EQ(DisabledFeature(used, FeatureSet::All()), std::nullopt);
  EXPECT_EQ(DisabledFeature(used, FeatureSet()),
            "the simd proposal is disabled");
}

}  // namespace
}  // namespace wasijit::compiler
