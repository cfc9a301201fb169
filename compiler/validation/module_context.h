// What the rest of a module and its function bodies are validated against
// (specification, 3.1.2): the declarations, with canonical types.
#ifndef WASIJIT_COMPILER_VALIDATION_MODULE_CONTEXT_H_
#define WASIJIT_COMPILER_VALIDATION_MODULE_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler/syntax/features.h"
#include "runtime/module/module.h"
#include "runtime/module/type_registry.h"

namespace wasijit::compiler {

// Concrete heap types in here are ids of `registry`, so that equal types have
// equal bits. Filled by the validator of the module in the order of the
// sections; from then on read by any number of threads.
struct ModuleContext {
  struct Table {
    ValueType element;
    ValueType address;
  };
  struct Function {
    const FuncType* type;
    TypeId id;
    // ref.func of it has exactly this type (not if imported as a subtype).
    bool exact;
  };

  ModuleContext(const Module& validated, FeatureSet enabled)
      : module(validated), features(enabled) {}

  const Module& module;
  const FeatureSet features;

  TypeRegistry registry;
  // By type index.
  std::vector<TypeId> type_ids;

  std::vector<Function> functions;
  std::vector<Table> tables;
  // Address types.
  std::vector<ValueType> memories;
  std::vector<GlobalType> globals;
  // Types of the payloads.
  std::vector<const FuncType*> tags;
  // Element types of segments.
  std::vector<ValueType> elements;
  // Functions that ref.func may name, by function index.
  std::vector<bool> referenced;

  const SubType& Definition(TypeId id) const { return registry.Definition(id); }
  bool Matches(ValueType sub, ValueType super) const {
    return sub == super || registry.IsSubtype(sub, super);
  }

  // The canonical form of a type that the module wrote. Nothing, and a message
  // in `error`, if it refers to a type that does not exist or belongs to a
  // disabled feature; else its features are added to `used`.
  std::optional<ValueType> Canonical(ValueType type, FeatureSet& used,
                                     std::string& error) const;

  // As the text format writes the type, with the module's own indices.
  std::string TypeName(ValueType type) const;
  std::string TypeName(HeapType type) const;
  // "[i32 (ref null 3)]".
  std::string TypeNames(absl::Span<const ValueType> types) const;
  // The lowest type index with this id.
  uint32_t IndexOf(TypeId id) const;
};

// Types that features other than WebAssembly 1.0 brought, as a set.
FeatureSet FeaturesOf(ValueType type);

// An error if `used` has a feature that `enabled` does not: "the simd proposal
// is disabled".
std::optional<std::string> DisabledFeature(FeatureSet used, FeatureSet enabled);

// "unknown local 3".
std::string Unknown(absl::string_view kind, uint32_t index);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_VALIDATION_MODULE_CONTEXT_H_
