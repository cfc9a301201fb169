#include "compiler/syntax/features.h"

#include <cstddef>
#include <iterator>

namespace wasijit::compiler {
namespace {

constexpr FeatureInfo kFeatures[] = {
#define FEATURE(name, option, enabled, text) \
  {Feature::k##name, option, enabled, text},
#include "compiler/syntax/features.def"
};
static_assert(std::size(kFeatures) <= 64, "FeatureSet has 64 bits");

}  // namespace

absl::Span<const FeatureInfo> AllFeatures() { return kFeatures; }

const FeatureInfo& Info(Feature feature) {
  return kFeatures[static_cast<size_t>(feature)];
}

std::optional<Feature> FeatureFromName(absl::string_view name) {
  for (const FeatureInfo& info : kFeatures) {
    if (info.name == name) return info.feature;
  }
  return std::nullopt;
}

}  // namespace wasijit::compiler
