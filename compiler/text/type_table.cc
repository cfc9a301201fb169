#include "compiler/text/type_table.h"

#include <algorithm>
#include <utility>

namespace wasijit::compiler {
namespace {

bool Mentions(const std::vector<ValueType>& types, uint32_t index) {
  return std::any_of(types.begin(), types.end(), [index](ValueType type) {
    return type.IsRef() && type.heap_type().IsConcrete() &&
           type.heap_type().type_index() == index;
  });
}

// Whether another definition with the same words would be the same type: not if
// it refers to itself, as the other one would refer to the first.
bool IsPlainFuncType(const SubType& type, uint32_t index) {
  const FuncType* func = type.func();
  return func != nullptr && type.is_final && !type.supertype &&
         !type.describes && !type.descriptor &&
         !Mentions(func->params, index) && !Mentions(func->results, index);
}

}  // namespace

TypeTable::Key TypeTable::KeyOf(const FuncType& type) {
  Key key;
  key.reserve(type.params.size() + type.results.size() + 1);
  for (ValueType param : type.params) key.push_back(param.bits());
  key.push_back(ValueType().bits());
  for (ValueType result : type.results) key.push_back(result.bits());
  return key;
}

void TypeTable::AddGroup(std::vector<SubType> group) {
  const RecGroup range = {size(), static_cast<uint32_t>(group.size())};
  if (group.size() == 1 && IsPlainFuncType(group[0], range.first)) {
    func_types_.try_emplace(KeyOf(*group[0].func()), range.first);
  }
  for (SubType& type : group) module_.types.push_back(std::move(type));
  module_.rec_groups.push_back(range);
}

uint32_t TypeTable::IndexOf(const FuncType& type) {
  const auto found = func_types_.find(KeyOf(type));
  if (found != func_types_.end()) return found->second;
  SubType definition;
  definition.composite = type;
  AddGroup({std::move(definition)});
  return size() - 1;
}

const FuncType* TypeTable::FindFuncType(uint32_t index) const {
  return index < size() ? module_.types[index].func() : nullptr;
}

}  // namespace wasijit::compiler
