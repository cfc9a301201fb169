#include "compiler/lowering/closed_tables.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {
namespace {

// Larger tables stay open: their contents are not worth the memory.
constexpr uint64_t kMaxElements = 1 << 20;

constexpr uint32_t kNull = UINT32_MAX;

bool MayBeClosed(const Module& module, uint32_t table) {
  const ModuleTable& declared = module.tables[table];
  return table >= module.num_imported_tables && declared.init.IsEmpty() &&
         declared.type.limits.min <= kMaxElements &&
         module.Top(declared.type.element.heap_type()) ==
             AbstractHeapType::kFunc;
}

std::optional<uint32_t> ConstantOffset(const Module& module, ConstExpr offset) {
  InstructionReader reader(module, offset);
  Instruction instruction;
  if (!reader.Next(instruction) || instruction.verb() != Verb::kConst ||
      instruction.info().shape != Shape::kI32) {
    return std::nullopt;
  }
  const auto value = static_cast<uint32_t>(instruction.bits);
  if (!reader.Next(instruction) || instruction.verb() != Verb::kEnd) {
    return std::nullopt;
  }
  return value;
}

// Whether a value can have both types.
bool MayAgree(ValueType a, ValueType b) {
  const bool are_plain =
      (a.IsNumeric() || a.IsVector()) && (b.IsNumeric() || b.IsVector());
  return !are_plain || a == b;
}

bool MayAgree(const std::vector<ValueType>& a,
              const std::vector<ValueType>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](ValueType left, ValueType right) { return MayAgree(left, right); });
}

// Whether a function of type index `actual` may pass as one of `expected`.
// Different indices can be the same type, or a subtype.
bool MayPass(const Module& module, uint32_t actual, uint32_t expected) {
  if (actual == expected) return true;
  const FuncType& a = module.FuncTypeAt(actual);
  const FuncType& b = module.FuncTypeAt(expected);
  return MayAgree(a.params, b.params) && MayAgree(a.results, b.results);
}

}  // namespace

ClosedTables::ClosedTables(const Module& module)
    : module_(module), groups_(module.tables.size()) {
  for (uint32_t i = 0; i < module.tables.size(); ++i) {
    if (!MayBeClosed(module, i)) continue;
    if (const std::optional<Contents> contents = ContentsOf(i)) {
      groups_[i] = Grouped(*contents);
    }
  }
  for (const Export& exported : module.exports) {
    if (exported.kind == ExternKind::kTable) Open(exported.index);
  }
}

void ClosedTables::See(const Instruction& instruction) {
  switch (instruction.verb()) {
    case Verb::kTableSet:
    case Verb::kTableGrow:
    case Verb::kTableFill:
    case Verb::kTableCopy:
    case Verb::kTableInit:
      // One of the numbers may be something else's. No harm: a table more is
      // open.
      Open(instruction.index);
      Open(instruction.index2);
      break;
    default:
      break;
  }
}

ClosedTables::Callees ClosedTables::CalleesOf(uint32_t table,
                                              uint32_t type) const {
  Callees callees;
  if (!IsClosed(table)) return callees;
  callees.are_own = true;
  uint32_t count = 0;
  for (const Group& group : *groups_[table]) {
    if (!MayPass(module_, group.type, type)) continue;
    callees.are_own &= group.are_own;
    count += group.count;
    if (group.type == type) {
      callees.only_index = group.last_index;
      callees.only_function = group.last_function;
    }
  }
  if (count != 1 || !callees.are_own) callees.only_index.reset();
  return callees;
}

std::optional<ClosedTables::Contents> ClosedTables::ContentsOf(
    uint32_t table) const {
  Contents contents(module_.tables[table].type.limits.min, kNull);
  for (const ElementSegment& segment : module_.elements) {
    if (segment.mode != SegmentMode::kActive || segment.table != table) {
      continue;
    }
    const auto* functions = std::get_if<std::vector<uint32_t>>(&segment.items);
    const std::optional<uint32_t> offset =
        ConstantOffset(module_, segment.offset);
    if (functions == nullptr || !offset.has_value() ||
        *offset > contents.size() ||
        functions->size() > contents.size() - *offset) {
      return std::nullopt;
    }
    std::copy(functions->begin(), functions->end(), contents.begin() + *offset);
  }
  return contents;
}

std::vector<ClosedTables::Group> ClosedTables::Grouped(
    const Contents& contents) const {
  std::vector<Group> groups;
  absl::flat_hash_map<uint32_t, size_t> by_type;
  for (uint32_t i = 0; i < contents.size(); ++i) {
    if (contents[i] == kNull) continue;
    const uint32_t type = module_.functions[contents[i]].type;
    const auto [position, is_new] = by_type.try_emplace(type, groups.size());
    if (is_new) groups.push_back({.type = type});
    Group& group = groups[position->second];
    ++group.count;
    group.are_own &= contents[i] >= module_.num_imported_functions;
    group.last_index = i;
    group.last_function = contents[i];
  }
  return groups;
}

void ClosedTables::Open(uint32_t table) {
  if (table < groups_.size()) groups_[table].reset();
}

}  // namespace wasijit::compiler
