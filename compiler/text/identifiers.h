// The identifiers that the printer writes for the names of a module.
#ifndef WASIJIT_COMPILER_TEXT_IDENTIFIERS_H_
#define WASIJIT_COMPILER_TEXT_IDENTIFIERS_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "compiler/text/name_section.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// The names of one index space. A name serves as an identifier if it is not
// empty and no other index has it; else it can only be an annotation.
class SpaceIdentifiers {
 public:
  SpaceIdentifiers() = default;
  explicit SpaceIdentifiers(const NameMap& names);

  // "$name" or "3": how the index is referred to.
  std::string Reference(uint32_t index) const;
  // " $name", " (@name \"...\")" or nothing: what a definition begins with.
  std::string Binding(uint32_t index) const;

 private:
  // The name with "$", or the annotation.
  absl::flat_hash_map<uint32_t, std::string> identifiers_;
  absl::flat_hash_map<uint32_t, std::string> annotations_;
};

// Those of a module, and its types in terms of them.
struct Identifiers {
  explicit Identifiers(const NameSection& names);

  std::string Text(HeapType type) const;
  std::string Text(ValueType type) const;
  std::string Text(const StorageType& type) const;
  std::string Text(const FieldType& type) const;

  SpaceIdentifiers types;
  SpaceIdentifiers functions;
  SpaceIdentifiers tables;
  SpaceIdentifiers memories;
  SpaceIdentifiers globals;
  SpaceIdentifiers tags;
  SpaceIdentifiers elements;
  SpaceIdentifiers data;
  // By type.
  absl::flat_hash_map<uint32_t, SpaceIdentifiers> fields;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_IDENTIFIERS_H_
