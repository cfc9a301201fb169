#include "runtime/instance.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/compiled_module.h"
#include "runtime/extern.h"
#include "runtime/global.h"
#include "runtime/memory.h"
#include "runtime/module/module.h"
#include "runtime/table.h"

namespace wasijit {

Instance::Instance(Store& store, std::shared_ptr<const CompiledModule> module)
    : store_(store), module_(std::move(module)) {}

Instance::~Instance() = default;

std::optional<Extern> Instance::FindExport(absl::string_view name) {
  const Export* const exported = module().FindExport(name);
  if (exported == nullptr) return std::nullopt;
  return Get(*exported);
}

Extern Instance::Get(const Export& exported) {
  switch (exported.kind) {
    case ExternKind::kFunction:
      return function(exported.index);
    case ExternKind::kTable:
      return table(exported.index);
    case ExternKind::kMemory:
      return memory(exported.index);
    case ExternKind::kGlobal:
      return global(exported.index);
    case ExternKind::kTag:
      break;
  }
  return tag(exported.index);
}

namespace {

template <typename T>
T* As(std::optional<Extern> external) {
  if (!external.has_value()) return nullptr;
  T** const object = std::get_if<T*>(&*external);
  return object == nullptr ? nullptr : *object;
}

}  // namespace

Function* Instance::FindFunction(absl::string_view name) {
  return As<Function>(FindExport(name));
}
Table* Instance::FindTable(absl::string_view name) {
  return As<Table>(FindExport(name));
}
Memory* Instance::FindMemory(absl::string_view name) {
  return As<Memory>(FindExport(name));
}
Global* Instance::FindGlobal(absl::string_view name) {
  return As<Global>(FindExport(name));
}

Global* Instance::global(uint32_t index) {
  if (globals_[index] == nullptr) {
    const ExternType type =
        module_->WithCanonicalIds(module().globals[index].type);
    own_globals_.push_back(
        std::make_unique<Global>(std::get<GlobalType>(type),
                                 Field<void>(module_->layout().Global(index))));
    globals_[index] = own_globals_.back().get();
  }
  return globals_[index];
}

absl::Span<const uint8_t> Instance::data(uint32_t segment) const {
  if (data_dropped_[segment]) return {};
  return module().Bytes(module().data[segment].bytes);
}

void Instance::VisitReferences(
    absl::FunctionRef<void(ReferenceBits, AbstractHeapType)> visit) const {
  for (uint32_t i = module().num_imported_globals; i < module().globals.size();
       ++i) {
    const ValueType type = module().globals[i].type.value;
    if (!type.IsRef()) continue;
    visit(*Field<ReferenceBits>(module_->layout().Global(i)),
          module().Top(type.heap_type()));
  }
  for (size_t i = 0; i < elements_.size(); ++i) {
    const AbstractHeapType top =
        module().Top(module().elements[i].type.heap_type());
    for (const ReferenceBits bits : elements_[i]) visit(bits, top);
  }
}

bool Instance::MemoryInit(uint32_t memory, uint32_t segment,
                          uint64_t destination, uint32_t source,
                          uint32_t count) {
  const absl::Span<const uint8_t> bytes = data(segment);
  if (source > bytes.size() || count > bytes.size() - source) return false;
  return memories_[memory]->Write(destination, bytes.subspan(source, count));
}

bool Instance::TableInit(uint32_t table, uint32_t segment, uint64_t destination,
                         uint32_t source, uint32_t count) {
  const absl::Span<const ReferenceBits> references = elements_[segment];
  if (source > references.size() || count > references.size() - source) {
    return false;
  }
  return tables_[table]->Init(destination, references.subspan(source, count));
}

}  // namespace wasijit
