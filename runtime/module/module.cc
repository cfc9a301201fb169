#include "runtime/module/module.h"

#include <algorithm>

#include "runtime/module/byte_reader.h"
#include "runtime/module/const_expr.h"

namespace wasijit {
namespace {

// Marks functions that expressions refer to. Expressions that are malformed
// contribute what precedes the error; they are not part of valid modules.
class ReferenceCollector {
 public:
  explicit ReferenceCollector(const Module& module)
      : module_(module), referenced_(module.functions.size()) {}

  void Add(uint32_t function) {
    if (function < referenced_.size()) referenced_[function] = true;
  }
  void Add(ConstExpr expression) {
    VisitFunctionReferences(module_.Bytes(expression), [this](uint32_t index) {
      Add(index);
    }).IgnoreError();
  }
  void Add(const ElementSegment& segment) {
    Add(segment.offset);
    std::visit(
        [this](const auto& items) {
          for (const auto& item : items) Add(item);
        },
        segment.items);
  }

  std::vector<uint32_t> Take() const {
    std::vector<uint32_t> result;
    for (uint32_t i = 0; i < referenced_.size(); ++i) {
      if (referenced_[i]) result.push_back(i);
    }
    return result;
  }

 private:
  const Module& module_;
  std::vector<bool> referenced_;
};

}  // namespace

absl::string_view Module::Text(ByteRange range) const {
  const absl::Span<const uint8_t> span = Bytes(range);
  return {reinterpret_cast<const char*>(span.data()), span.size()};
}

absl::string_view Module::FunctionName(uint32_t function) const {
  const auto found =
      std::lower_bound(names.functions.begin(), names.functions.end(), function,
                       [](const NameAssociation& association, uint32_t index) {
                         return association.index < index;
                       });
  if (found == names.functions.end() || found->index != function) return {};
  return Text(found->name);
}

std::vector<NameAssociation> Module::LocalNames(uint32_t function) const {
  ByteReader reader(Bytes(names.locals), names.locals.offset);
  std::vector<NameAssociation> result;
  const uint32_t functions_count = reader.Count();
  for (uint32_t i = 0; i < functions_count && reader.ok(); ++i) {
    const bool wanted = reader.U32() == function;
    const uint32_t count = reader.Count();
    for (uint32_t j = 0; j < count && reader.ok(); ++j) {
      NameAssociation association;
      association.index = reader.U32();
      const absl::string_view name = reader.Name();
      association.name = {reader.offset() - static_cast<uint32_t>(name.size()),
                          static_cast<uint32_t>(name.size())};
      const bool ascends =
          result.empty() || result.back().index < association.index;
      if (wanted && ascends && reader.ok()) result.push_back(association);
    }
    if (wanted) break;
  }
  if (!reader.ok()) result.clear();
  return result;
}

const Export* Module::FindExport(absl::string_view name) const {
  for (const Export& candidate : exports) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

AbstractHeapType Module::Top(HeapType type) const {
  if (type.IsAbstract()) return TopOf(type.abstract());
  return types[type.type_index()].func() != nullptr ? AbstractHeapType::kFunc
                                                    : AbstractHeapType::kAny;
}

std::vector<uint32_t> ReferencedFunctions(const Module& module) {
  ReferenceCollector collector(module);
  for (const Export& exported : module.exports) {
    if (exported.kind == ExternKind::kFunction) collector.Add(exported.index);
  }
  for (const ModuleTable& table : module.tables) collector.Add(table.init);
  for (const ModuleGlobal& global : module.globals) collector.Add(global.init);
  for (const DataSegment& segment : module.data) collector.Add(segment.offset);
  for (const ElementSegment& segment : module.elements) collector.Add(segment);
  return collector.Take();
}

}  // namespace wasijit
