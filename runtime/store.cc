#include "runtime/store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/host_function_object.h"
#include "runtime/instance.h"
#include "runtime/instantiation.h"
#include "runtime/memory.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/status/status_macros.h"
#include "runtime/table.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

absl::Status WrongValue(const Value& value, ValueType type) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "the value is %s, not %s", ToString(value.type()), ToString(type)));
}

}  // namespace

void Store::CallBufferDeleter::operator()(uint8_t* buffer) const {
  std::free(buffer);
}

// The buffer's pages are touched only when a call needs them.
Store::Store(Engine& engine, const StoreLimits& limits)
    : engine_(engine),
      limits_(limits),
      call_buffer_(static_cast<uint8_t*>(
          std::aligned_alloc(kCallBufferSlotSize, kCallBufferSize))) {}

Store::~Store() = default;

absl::StatusOr<Outcome<Instance*>> Store::Instantiate(
    std::shared_ptr<const CompiledModule> module,
    absl::Span<const Extern> imports) {
  return Instantiation(*this, std::move(module), imports).Run();
}

absl::StatusOr<Function*> Store::NewFunction(HostFunction function) {
  TypeId type_id;
  if (function.type_id().has_value()) {
    type_id = *function.type_id();
  } else {
    ASSIGN_OR_RETURN(type_id, engine_.types().Add(function.type()));
  }
  const FuncType* const type = engine_.types().Definition(type_id).func();
  host_functions_.push_back(std::make_unique<HostFunctionObject>(
      *this, call_buffer(), std::move(function), type_id, *type));
  return &host_functions_.back()->object;
}

Memory* Store::Adopt(std::unique_ptr<Memory> memory) {
  const MemoryRange range = memory->range();
  ranges_.insert(
      std::upper_bound(ranges_.begin(), ranges_.end(), range,
                       [](const MemoryRange& a, const MemoryRange& b) {
                         return a.begin < b.begin;
                       }),
      range);
  memory_ranges_ = {.ranges = ranges_.data(), .count = ranges_.size()};
  memories_.push_back(std::move(memory));
  return memories_.back().get();
}

absl::StatusOr<Memory*> Store::NewMemory(const MemoryType& type) {
  ASSIGN_OR_RETURN(std::unique_ptr<Memory> memory,
                   Memory::Create(type, limits_.max_memory_size));
  return Adopt(std::move(memory));
}

absl::StatusOr<Table*> Store::NewTable(const TableType& type,
                                       const Value& initial) {
  if (!ValueMatches(initial, type.element)) {
    return WrongValue(initial, type.element);
  }
  const bool is_function_table =
      engine_.types().Top(type.element.heap_type()) == AbstractHeapType::kFunc;
  ASSIGN_OR_RETURN(std::unique_ptr<Table> table,
                   Table::Create(type, is_function_table, initial.ref(),
                                 limits_.max_table_size));
  tables_.push_back(std::move(table));
  return tables_.back().get();
}

absl::StatusOr<Global*> Store::NewGlobal(const GlobalType& type,
                                         const Value& value) {
  if (!ValueMatches(value, type.value)) return WrongValue(value, type.value);
  globals_.push_back(std::make_unique<Global>(type, value));
  return globals_.back().get();
}

absl::StatusOr<Tag*> Store::NewTag(const FuncType& payload) {
  ASSIGN_OR_RETURN(const TypeId type_id, engine_.types().Add(payload));
  tags_.push_back(std::make_unique<Tag>(type_id));
  return tags_.back().get();
}

bool Store::ValueMatches(const Value& value, ValueType type) const {
  if (value.type() == type && (!type.IsRef() || type.IsNullable())) return true;
  if (!value.type().IsRef() || !type.IsRef()) return false;
  const SharedTypeRegistry& types = engine_.types();
  const AbstractHeapType top = types.Top(type.heap_type());
  if (types.Top(value.type().heap_type()) != top) return false;
  if (value.IsNull()) return type.IsNullable();
  if (top != AbstractHeapType::kFunc) {
    return types.IsSubtype(value.type().WithNullable(false), type);
  }
  const auto* const function = reinterpret_cast<const VmFunction*>(value.ref());
  return types.IsSubtype(
      ValueType::Ref(HeapType::Concrete(function->type_id, /*exact=*/true),
                     /*nullable=*/false),
      type);
}

}  // namespace wasijit
