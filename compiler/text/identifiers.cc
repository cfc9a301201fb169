#include "compiler/text/identifiers.h"

#include "absl/strings/str_cat.h"
#include "compiler/text/string_literal.h"

namespace wasijit::compiler {

SpaceIdentifiers::SpaceIdentifiers(const NameMap& names) {
  absl::flat_hash_map<absl::string_view, uint32_t> uses;
  for (const auto& [index, name] : names) ++uses[name];
  for (const auto& [index, name] : names) {
    if (name.empty() || uses[name] > 1) {
      annotations_[index] = absl::StrCat("(@name ", QuoteString(name), ")");
    } else {
      identifiers_[index] = QuoteId(name);
    }
  }
}

std::string SpaceIdentifiers::Reference(uint32_t index) const {
  const auto found = identifiers_.find(index);
  return found == identifiers_.end() ? absl::StrCat(index) : found->second;
}

std::string SpaceIdentifiers::Binding(uint32_t index) const {
  if (const auto found = identifiers_.find(index);
      found != identifiers_.end()) {
    return absl::StrCat(" ", found->second);
  }
  const auto found = annotations_.find(index);
  return found == annotations_.end() ? "" : absl::StrCat(" ", found->second);
}

Identifiers::Identifiers(const NameSection& names)
    : types(names.types),
      functions(names.functions),
      tables(names.tables),
      memories(names.memories),
      globals(names.globals),
      tags(names.tags),
      elements(names.elements),
      data(names.data) {
  for (const auto& [type, map] : names.fields) {
    fields.try_emplace(type, map);
  }
}

std::string Identifiers::Text(HeapType type) const {
  if (type.IsAbstract()) return ToString(type);
  const std::string index = types.Reference(type.type_index());
  return type.IsExact() ? absl::StrCat("(exact ", index, ")") : index;
}

std::string Identifiers::Text(ValueType type) const {
  if (!type.IsRef() || type.heap_type().IsAbstract()) return ToString(type);
  return absl::StrCat(type.IsNullable() ? "(ref null " : "(ref ",
                      Text(type.heap_type()), ")");
}

std::string Identifiers::Text(const StorageType& type) const {
  return type.IsPacked() ? ToString(type) : Text(type.value);
}

std::string Identifiers::Text(const FieldType& type) const {
  const std::string storage = Text(type.storage);
  return type.is_mutable ? absl::StrCat("(mut ", storage, ")") : storage;
}

}  // namespace wasijit::compiler
