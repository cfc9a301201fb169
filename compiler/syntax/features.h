// The proposals a module may use: one switch each.
#ifndef WASIJIT_COMPILER_SYNTAX_FEATURES_H_
#define WASIJIT_COMPILER_SYNTAX_FEATURES_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace wasijit::compiler {

enum class Feature : uint8_t {
#define FEATURE(name, option, enabled, text) k##name,
#include "compiler/syntax/features.def"
};

struct FeatureInfo {
  Feature feature;
  // The option's name: "multi-memory".
  absl::string_view name;
  bool enabled_by_default;
  // What it brings, for help texts.
  absl::string_view text;
};

// All of them, in the order of the enumerators.
absl::Span<const FeatureInfo> AllFeatures();
const FeatureInfo& Info(Feature feature);
std::optional<Feature> FeatureFromName(absl::string_view name);

// A set of features. Feature::kCore is always in it.
class FeatureSet {
 public:
  constexpr FeatureSet() = default;

  static constexpr FeatureSet Default() {
    FeatureSet result;
#define FEATURE(name, option, enabled, text) \
  if (enabled) result.Add(Feature::k##name);
#include "compiler/syntax/features.def"
    return result;
  }
  static constexpr FeatureSet All() {
    FeatureSet result;
#define FEATURE(name, option, enabled, text) result.Add(Feature::k##name);
#include "compiler/syntax/features.def"
    return result;
  }

  constexpr bool Has(Feature feature) const {
    return (bits_ & Bit(feature)) != 0;
  }
  constexpr FeatureSet& Add(Feature feature) {
    bits_ |= Bit(feature);
    return *this;
  }
  constexpr FeatureSet& Add(FeatureSet features) {
    bits_ |= features.bits_;
    return *this;
  }
  // REQUIRES: feature is not kCore.
  constexpr FeatureSet& Remove(Feature feature) {
    bits_ &= ~Bit(feature);
    return *this;
  }

  // Bit n is set if feature n is in the set.
  constexpr uint64_t bits() const { return bits_; }

  friend constexpr bool operator==(FeatureSet, FeatureSet) = default;

 private:
  static constexpr uint64_t Bit(Feature feature) {
    return uint64_t{1} << static_cast<unsigned>(feature);
  }

  uint64_t bits_ = Bit(Feature::kCore);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_SYNTAX_FEATURES_H_
