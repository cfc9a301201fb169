#include "compiler/syntax/features.h"

#include <cstddef>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(Features, AreFoundByTheirNames) {
  std::set<std::string> names;
  for (const FeatureInfo& info : AllFeatures()) {
    EXPECT_TRUE(names.insert(std::string(info.name)).second) << info.name;
    EXPECT_EQ(FeatureFromName(info.name), info.feature);
    EXPECT_EQ(&Info(info.feature), &info);
    EXPECT_FALSE(info.text.empty());
  }
  EXPECT_EQ(FeatureFromName("multi-memory"), Feature::kMultiMemory);
  EXPECT_EQ(FeatureFromName("no-such-proposal"), std::nullopt);
}

TEST(FeatureSet, HoldsWhatWasAdded) {
  FeatureSet features;
  EXPECT_TRUE(features.Has(Feature::kCore));
  EXPECT_FALSE(features.Has(Feature::kSimd));
  features.Add(Feature::kSimd).Add(Feature::kGc);
  EXPECT_TRUE(features.Has(Feature::kSimd) && features.Has(Feature::kGc));
  features.Remove(Feature::kSimd);
  EXPECT_FALSE(features.Has(Feature::kSimd));
  FeatureSet other;
  other.Add(Feature::kThreads).Add(features);
  EXPECT_TRUE(other.Has(Feature::kGc) && other.Has(Feature::kThreads));
}

TEST(FeatureSet, HasTheTablesDefaults) {
  for (const FeatureInfo& info : AllFeatures()) {
    EXPECT_EQ(FeatureSet::Default().Has(info.feature), info.enabled_by_default)
        << info.name;
    EXPECT_TRUE(FeatureSet::All().Has(info.feature)) << info.name;
  }
  EXPECT_EQ(FeatureSet::All().bits(),
            (uint64_t{1} << AllFeatures().size()) - 1);
}

}  // namespace
}  // namespace wasijit::compiler
