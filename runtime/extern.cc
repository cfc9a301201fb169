#include "runtime/extern.h"

#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"
#include "runtime/table.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

ExternType TypeOf(const Function& function) {
  return FunctionExternType{.type = function.type_id(), .exact = true};
}
ExternType TypeOf(const Table& table) { return table.type(); }
ExternType TypeOf(const Memory& memory) { return memory.type(); }
ExternType TypeOf(const Global& global) { return global.type(); }
ExternType TypeOf(const Tag& tag) { return TagType{.type = tag.type_id()}; }

bool Matches(const Limits& actual, const Limits& expected) {
  return actual.is64 == expected.is64 && actual.min >= expected.min &&
         (!expected.max.has_value() ||
          (actual.max.has_value() && *actual.max <= *expected.max));
}

bool Matches(const SharedTypeRegistry& types, const FunctionExternType& actual,
             const FunctionExternType& expected) {
  return actual.type == expected.type ||
         (!expected.exact && types.IsSubtype(actual.type, expected.type));
}

bool Matches(const SharedTypeRegistry& types, const TableType& actual,
             const TableType& expected) {
  return Matches(actual.limits, expected.limits) &&
         types.IsSubtype(actual.element, expected.element) &&
         types.IsSubtype(expected.element, actual.element);
}

bool Matches(const SharedTypeRegistry&, const MemoryType& actual,
             const MemoryType& expected) {
  return Matches(actual.limits, expected.limits) &&
         actual.shared == expected.shared &&
         actual.page_size_log2 == expected.page_size_log2;
}

bool Matches(const SharedTypeRegistry& types, const GlobalType& actual,
             const GlobalType& expected) {
  return actual.is_mutable == expected.is_mutable &&
         types.IsSubtype(actual.value, expected.value) &&
         (!actual.is_mutable || types.IsSubtype(expected.value, actual.value));
}

bool Matches(const SharedTypeRegistry&, const TagType& actual,
             const TagType& expected) {
  return actual.type == expected.type;
}

}  // namespace

ExternType TypeOf(const Extern& external) {
  return std::visit([](const auto* object) { return TypeOf(*object); },
                    external);
}

bool Matches(const SharedTypeRegistry& types, const ExternType& actual,
             const ExternType& expected) {
  return std::visit(
      [&](const auto& type) {
        const auto* const other =
            std::get_if<std::decay_t<decltype(type)>>(&actual);
        return other != nullptr && Matches(types, *other, type);
      },
      expected);
}

std::string Describe(const SharedTypeRegistry& types, const ExternType& type) {
  if (const auto* function = std::get_if<FunctionExternType>(&type)) {
    return ToString(types.Definition(function->type).composite);
  }
  if (const auto* tag = std::get_if<TagType>(&type)) {
    return absl::StrCat("(tag ",
                        ToString(types.Definition(tag->type).composite), ")");
  }
  return ToString(type);
}

}  // namespace wasijit
