#include "compiler/validation/module_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wasijit::compiler {
namespace {

FeatureSet FeaturesOf(HeapType type) {
  FeatureSet features;
  if (type.IsConcrete()) {
    features.Add(Feature::kFunctionReferences);
    if (type.IsExact()) features.Add(Feature::kCustomDescriptors);
    return features;
  }
  switch (type.abstract()) {
    case AbstractHeapType::kFunc:
    case AbstractHeapType::kExtern:
      return features.Add(Feature::kReferenceTypes);
    case AbstractHeapType::kExn:
    case AbstractHeapType::kNoExn:
      return features.Add(Feature::kExceptions);
    default:
      return features.Add(Feature::kGc);
  }
}

}  // namespace

FeatureSet FeaturesOf(ValueType type) {
  FeatureSet features;
  if (type.IsVector()) features.Add(Feature::kSimd);
  if (type.IsRef()) {
    features.Add(FeaturesOf(type.heap_type()));
    if (!type.IsNullable()) features.Add(Feature::kFunctionReferences);
  }
  return features;
}

std::optional<std::string> DisabledFeature(FeatureSet used,
                                           FeatureSet enabled) {
  if ((used.bits() & ~enabled.bits()) == 0) return std::nullopt;
  for (const FeatureInfo& info : AllFeatures()) {
    if (used.Has(info.feature) && !enabled.Has(info.feature)) {
      return absl::StrCat("the ", info.name, " proposal is disabled");
    }
  }
  return std::nullopt;
}

std::string Unknown(absl::string_view kind, uint32_t index) {
  return absl::StrCat("unknown ", kind, " ", index);
}

std::optional<ValueType> ModuleContext::Canonical(ValueType type,
                                                  FeatureSet& used,
                                                  std::string& error) const {
  if (type.IsNumeric()) return type;
  const FeatureSet needed = FeaturesOf(type);
  if (const auto disabled = DisabledFeature(needed, features)) {
    error = *disabled;
    return std::nullopt;
  }
  used.Add(needed);
  if (!type.IsRef() || !type.heap_type().IsConcrete()) return type;
  if (type.heap_type().type_index() >= type_ids.size()) {
    error = Unknown("type", type.heap_type().type_index());
    return std::nullopt;
  }
  return WithIds(type, type_ids);
}

uint32_t ModuleContext::IndexOf(TypeId id) const {
  return static_cast<uint32_t>(std::find(type_ids.begin(), type_ids.end(), id) -
                               type_ids.begin());
}

std::string ModuleContext::TypeName(HeapType type) const {
  if (type.IsAbstract()) return ToString(type);
  return ToString(
      HeapType::Concrete(IndexOf(type.type_index()), type.IsExact()));
}

std::string ModuleContext::TypeName(ValueType type) const {
  if (!type.IsRef() || type.heap_type().IsAbstract()) return ToString(type);
  const HeapType heap_type = type.heap_type();
  return ToString(ValueType::Ref(
      HeapType::Concrete(IndexOf(heap_type.type_index()), heap_type.IsExact()),
      type.IsNullable()));
}

std::string ModuleContext::TypeNames(absl::Span<const ValueType> types) const {
  std::string result = "[";
  for (ValueType type : types) {
    absl::StrAppend(&result, result.size() > 1 ? " " : "", TypeName(type));
  }
  return absl::StrCat(result, "]");
}

}  // namespace wasijit::compiler
