// The types of a module while it is parsed.
#ifndef WASIJIT_COMPILER_TEXT_TYPE_TABLE_H_
#define WASIJIT_COMPILER_TEXT_TYPE_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

// Adds types to Module::types and Module::rec_groups, and finds function types
// for type uses that name none (specification, 6.4.4 and 6.6.4).
class TypeTable {
 public:
  explicit TypeTable(Module& module) : module_(module) {}

  // Adds a recursion group.
  void AddGroup(std::vector<SubType> group);

  // Index of the first type that is a group of its own and final, has no
  // supertype and is this function type; one is added if there is none.
  uint32_t IndexOf(const FuncType& type);

  // Null if the index does not exist or is no function type's.
  const FuncType* FindFuncType(uint32_t index) const;
  uint32_t size() const { return static_cast<uint32_t>(module_.types.size()); }

 private:
  // Bits of the parameter types, of no type, of the result types.
  using Key = std::vector<uint32_t>;
  static Key KeyOf(const FuncType& type);

  Module& module_;
  absl::flat_hash_map<Key, uint32_t> func_types_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_TYPE_TABLE_H_
