// What instances import and export: objects of a store.
#ifndef WASIJIT_RUNTIME_EXTERN_H_
#define WASIJIT_RUNTIME_EXTERN_H_

#include <string>
#include <variant>

#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"

namespace wasijit {

class Function;
class Table;
class Memory;
class Global;
class Tag;

// Never null; owned by the store. In the order of ExternKind.
using Extern = std::variant<Function*, Table*, Memory*, Global*, Tag*>;

inline ExternKind KindOf(const Extern& external) {
  return static_cast<ExternKind>(external.index());
}

// The type of an object as it is now (tables and memories: the minimum is the
// present size). Indices in it are canonical ids.
ExternType TypeOf(const Extern& external);

// Import matching (specification, 4.5.4): whether an object of type `actual`
// may be imported as `expected`. Indices in both are canonical ids.
bool Matches(const SharedTypeRegistry& types, const ExternType& actual,
             const ExternType& expected);

// As ToString(type), but with a function's parameters and results in place of
// the id.
std::string Describe(const SharedTypeRegistry& types, const ExternType& type);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_EXTERN_H_
