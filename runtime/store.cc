#include "runtime/store.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/function.h"
#include "runtime/gc_object.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/host_function_object.h"
#include "runtime/instance.h"
#include "runtime/instantiation.h"
#include "runtime/memory.h"
#include "runtime/module/module.h"
#include "runtime/module/type_registry.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"
#include "runtime/rooted_value.h"
#include "runtime/status/status_macros.h"
#include "runtime/table.h"
#include "runtime/tag.h"
#include "runtime/value_location.h"

namespace wasijit {
namespace {

absl::Status WrongValue(const Value& value, ValueType type) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "the value is %s, not %s", ToString(value.type()), ToString(type)));
}

// Whether values of the type can be exceptions, which no concrete type has.
bool MayBeException(ValueType type) {
  return type.IsRef() && (type.heap_type().Is(AbstractHeapType::kExn) ||
                          type.heap_type().Is(AbstractHeapType::kNoExn));
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

Memory* Store::Adopt(std::shared_ptr<Memory> memory) {
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

void Store::AddShared(Memory& memory) {
  const bool is_known =
      std::any_of(memories_.begin(), memories_.end(),
                  [&](const auto& known) { return known.get() == &memory; });
  if (!is_known) Adopt(memory.shared_from_this());
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
  tags_.push_back(std::make_unique<Tag>(
      *this, type_id, *engine_.types().Definition(type_id).func(),
      /*name=*/""));
  return tags_.back().get();
}

VmException* Store::NewException(Tag& tag) {
  const absl::StatusOr<GcHeap*> heap = gc_heap();
  return heap.ok() ? (*heap)->NewException(tag) : nullptr;
}

absl::StatusOr<VmException*> Store::NewException(
    Tag& tag, absl::Span<const Value> payload) {
  const std::vector<ValueType>& types = tag.payload_types();
  if (&tag.store() != this) {
    return absl::InvalidArgumentError("the exception's tag is another store's");
  }
  if (payload.size() != types.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the exception has %d values, its tag %d",
                        payload.size(), types.size()));
  }
  // Until the exception refers to the values.
  std::vector<RootedValue> roots;
  for (size_t i = 0; i < types.size(); ++i) {
    if (!ValueMatches(payload[i], types[i])) {
      return absl::InvalidArgumentError(
          absl::StrFormat("value %d of the exception is %s, not %s", i,
                          ToString(payload[i].type()), ToString(types[i])));
    }
    roots.emplace_back(*this, payload[i]);
  }
  VmException* const exception = NewException(tag);
  if (exception == nullptr) {
    return absl::ResourceExhaustedError("no memory for an exception");
  }
  for (size_t i = 0; i < types.size(); ++i) {
    WriteCell(ExceptionCell(exception, i), payload[i]);
  }
  return exception;
}

Exception Store::Describe(const VmException& exception) {
  Exception result = {.tag = exception.tag};
  const std::vector<ValueType>& types = exception.tag->payload_types();
  for (size_t i = 0; i < types.size(); ++i) {
    result.payload.push_back(ReadCell(ExceptionCell(&exception, i), types[i]));
    if (gc_heap_ != nullptr) gc_heap_->Keep(result.payload.back());
  }
  return result;
}

void Store::Keep(const Value& value) {
  if (gc_heap_ != nullptr && MayBeException(value.type())) {
    gc_heap_->Keep(value);
  }
}

absl::StatusOr<GcHeap*> Store::gc_heap() {
  if (gc_heap_ == nullptr) {
    ASSIGN_OR_RETURN(gc_heap_,
                     GcHeap::Create({.max_size = limits_.max_gc_heap_size,
                                     .zeal = engine_.options().gc_zeal},
                                    engine_.types(), [this](GcMarker& marker) {
                                      MarkRoots(marker);
                                    }));
  }
  return gc_heap_.get();
}

void Store::MarkRoots(GcMarker& marker) {
  const SharedTypeRegistry& types = engine_.types();
  const auto mark = [&](ReferenceBits bits, AbstractHeapType top) {
    marker.MarkReference(bits, top);
  };
  for (const std::unique_ptr<Global>& global : globals_) {
    const Value value = global->Get();
    if (value.type().IsRef()) {
      mark(value.ref(), types.Top(value.type().heap_type()));
    }
  }
  for (const std::unique_ptr<Table>& table : tables_) {
    const AbstractHeapType top = types.Top(table->element_type().heap_type());
    if (top == AbstractHeapType::kFunc) continue;
    for (uint64_t i = 0; i < table->size(); ++i) mark(*table->Get(i), top);
  }
  for (const std::unique_ptr<Instance>& instance : instances_) {
    instance->VisitReferences(mark);
  }
  marker.MarkConservatively(call_buffer(), call_buffer() + kCallBufferSize);
}

bool Store::ValueMatches(const Value& value, ValueType type) const {
  if (value.type() == type && !MayBeException(type) &&
      (!type.IsRef() || type.IsNullable())) {
    return true;
  }
  if (!value.type().IsRef() || !type.IsRef()) return false;
  const SharedTypeRegistry& types = engine_.types();
  const AbstractHeapType top = types.Top(type.heap_type());
  if (types.Top(value.type().heap_type()) != top) return false;
  if (value.IsNull()) return type.IsNullable();
  if (top == AbstractHeapType::kExn &&
      (gc_heap_ == nullptr || !gc_heap_->IsException(value.ref()))) {
    return false;
  }
  if (top == AbstractHeapType::kAny) {
    return gc_heap_ != nullptr &&
           types.IsSubtype(TypeOfReference(*gc_heap_, value.ref()), type);
  }
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
