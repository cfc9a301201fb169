#include "compiler/validation/type_validator.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "runtime/module/type_registry.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

class TypeValidator {
 public:
  TypeValidator(ModuleContext& context, FeatureSet& used)
      : context_(context), module_(context.module), used_(used) {}

  absl::Status Validate() {
    context_.type_ids.reserve(module_.types.size());
    for (const RecGroup& group : module_.rec_groups) {
      RETURN_IF_ERROR(ValidateGroup(group));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ValidateGroup(const RecGroup& group) {
    group_ = group;
    if (group.count != 1) used_.Add(Feature::kGc);
    for (uint32_t i = 0; i < group.count; ++i) {
      RETURN_IF_ERROR(CheckDefinition(group.first + i));
    }
    for (uint32_t i = 0; i < group.count; ++i) {
      RETURN_IF_ERROR(CheckDescriptors(group.first + i));
    }
    const absl::Span<const SubType> definitions =
        absl::MakeConstSpan(module_.types).subspan(group.first, group.count);
    ASSIGN_OR_RETURN(
        const TypeId first,
        context_.registry.Add(definitions, group.first, context_.type_ids));
    for (uint32_t i = 0; i < group.count; ++i) {
      context_.type_ids.push_back(first + i);
    }
    for (uint32_t i = 0; i < group.count; ++i) {
      RETURN_IF_ERROR(CheckSupertype(group.first + i));
    }
    return absl::OkStatus();
  }

  absl::Status Error(uint32_t index, const std::string& message) const {
    return absl::InvalidArgumentError(
        absl::StrCat(message, " in type ", index));
  }

  bool Exists(uint32_t index) const {
    return index < group_.first + group_.count;
  }

  absl::Status CheckValueType(uint32_t index, ValueType type) {
    const FeatureSet needed = FeaturesOf(type);
    used_.Add(needed);
    if (const auto disabled = DisabledFeature(needed, context_.features)) {
      return Error(index, *disabled);
    }
    if (type.IsRef() && type.heap_type().IsConcrete() &&
        !Exists(type.heap_type().type_index())) {
      return Error(index, Unknown("type", type.heap_type().type_index()));
    }
    return absl::OkStatus();
  }

  absl::Status CheckFeature(uint32_t index, Feature feature) {
    FeatureSet needed;
    needed.Add(feature);
    used_.Add(needed);
    if (const auto disabled = DisabledFeature(needed, context_.features)) {
      return Error(index, *disabled);
    }
    return absl::OkStatus();
  }

  // What a definition says by itself: the types in it exist.
  absl::Status CheckDefinition(uint32_t index) {
    const SubType& type = module_.types[index];
    if (const FuncType* func = type.func()) {
      if (func->results.size() > 1) {
        RETURN_IF_ERROR(CheckFeature(index, Feature::kMultiValue));
      }
      for (ValueType param : func->params) {
        RETURN_IF_ERROR(CheckValueType(index, param));
      }
      for (ValueType result : func->results) {
        RETURN_IF_ERROR(CheckValueType(index, result));
      }
    } else if (const StructType* structure = type.structure()) {
      RETURN_IF_ERROR(CheckFeature(index, Feature::kGc));
      for (const FieldType& field : structure->fields) {
        RETURN_IF_ERROR(CheckValueType(index, field.storage.value));
      }
    } else {
      RETURN_IF_ERROR(CheckFeature(index, Feature::kGc));
      RETURN_IF_ERROR(
          CheckValueType(index, type.array()->element.storage.value));
    }
    if (type.supertype || !type.is_final) {
      RETURN_IF_ERROR(CheckFeature(index, Feature::kGc));
    }
    if (!type.supertype) return absl::OkStatus();
    if (!Exists(*type.supertype)) {
      return Error(index, Unknown("type", *type.supertype));
    }
    if (*type.supertype >= index) {
      return Error(index, absl::StrCat("forward use of type ", *type.supertype,
                                       " in sub type definition"));
    }
    return absl::OkStatus();
  }

  bool InGroup(uint32_t index) const {
    return index >= group_.first && Exists(index);
  }

  // The custom descriptors proposal: a type and its descriptor name each other
  // within one group, the described type first.
  absl::Status CheckDescriptors(uint32_t index) {
    const SubType& type = module_.types[index];
    if (!type.describes && !type.descriptor) return absl::OkStatus();
    RETURN_IF_ERROR(CheckFeature(index, Feature::kCustomDescriptors));
    if (type.describes) {
      const uint32_t described = *type.describes;
      if (!InGroup(described)) {
        return Error(index, "described type is outside rec group");
      }
      if (module_.types[described].descriptor != index) {
        return Error(index, "described type is not described by descriptor");
      }
      if (described >= index) {
        return Error(index, "forward use of described type");
      }
    }
    if (type.descriptor) {
      if (!InGroup(*type.descriptor)) {
        return Error(index, "descriptor type is outside rec group");
      }
      if (module_.types[*type.descriptor].describes != index) {
        return Error(index, "type is not described by its descriptor");
      }
    }
    if (type.structure() != nullptr) return absl::OkStatus();
    return Error(index, type.descriptor ? "descriptor type must be a struct"
                                        : "described type must be a struct");
  }

  absl::Status CheckSupertype(uint32_t index) const {
    const SubType& type = module_.types[index];
    if (!type.supertype) return absl::OkStatus();
    const uint32_t super = *type.supertype;
    if (module_.types[super].is_final) {
      return Error(index, absl::StrCat("sub type ", index,
                                       " has final super type ", super));
    }
    const std::string mismatch =
        absl::StrCat("sub type ", index, " does not match super type ", super);
    const SubType& sub = context_.Definition(context_.type_ids[index]);
    const SubType& base = context_.Definition(context_.type_ids[super]);
    if (sub.describes.has_value() != base.describes.has_value() ||
        (base.descriptor && !sub.descriptor)) {
      return Error(index, mismatch);
    }
    if (sub.describes &&
        !context_.registry.IsSubtype(*sub.describes, *base.describes)) {
      return Error(index, absl::StrCat("described type ", *type.describes,
                                       " does not match ",
                                       *module_.types[super].describes));
    }
    if (base.descriptor &&
        !context_.registry.IsSubtype(*sub.descriptor, *base.descriptor)) {
      return Error(index, absl::StrCat("descriptor type ", *type.descriptor,
                                       " does not match ",
                                       *module_.types[super].descriptor));
    }
    return Matches(sub, base) ? absl::OkStatus() : Error(index, mismatch);
  }

  // Matching of composite types (3.3.10).
  bool Matches(const SubType& sub, const SubType& super) const {
    if (sub.composite.index() != super.composite.index()) return false;
    if (const FuncType* func = sub.func()) {
      return Matches(super.func()->params, func->params) &&
             Matches(func->results, super.func()->results);
    }
    if (const ArrayType* array = sub.array()) {
      return Matches(array->element, super.array()->element);
    }
    const std::vector<FieldType>& fields = sub.structure()->fields;
    const std::vector<FieldType>& prefix = super.structure()->fields;
    return fields.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), fields.begin(),
                      [this](const FieldType& base, const FieldType& field) {
                        return Matches(field, base);
                      });
  }

  bool Matches(absl::Span<const ValueType> sub,
               absl::Span<const ValueType> super) const {
    return sub.size() == super.size() &&
           std::equal(sub.begin(), sub.end(), super.begin(),
                      [this](ValueType a, ValueType b) {
                        return context_.Matches(a, b);
                      });
  }

  // Mutable fields are invariant.
  bool Matches(const FieldType& sub, const FieldType& super) const {
    if (sub.is_mutable != super.is_mutable ||
        sub.storage.packed != super.storage.packed) {
      return false;
    }
    return context_.Matches(sub.storage.value, super.storage.value) &&
           (!sub.is_mutable || sub.storage.value == super.storage.value);
  }

  ModuleContext& context_;
  const Module& module_;
  FeatureSet& used_;
  RecGroup group_;
};

}  // namespace

absl::Status ValidateTypes(ModuleContext& context, FeatureSet& used) {
  return TypeValidator(context, used).Validate();
}

}  // namespace wasijit::compiler
