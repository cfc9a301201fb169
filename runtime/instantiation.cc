#include "runtime/instantiation.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/trap.h"
#include "runtime/abi/vm_context.h"
#include "runtime/call.h"
#include "runtime/const_expr_context.h"
#include "runtime/extern.h"
#include "runtime/function.h"
#include "runtime/gc_heap.h"
#include "runtime/module/const_expr.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"
#include "runtime/value_location.h"

namespace wasijit {
namespace {

// Behind a context without a memory: what an access of memory byte 0 meets.
constexpr size_t kGuardBehindContext = size_t{64} << 10;

Outcome<void> Trapped(TrapKind kind) {
  return std::unexpected(Trap{.kind = kind});
}

// For messages.
std::string TagName(const Module& module, size_t tag) {
  for (const Export& exported : module.exports) {
    if (exported.kind == ExternKind::kTag && exported.index == tag) {
      return exported.name;
    }
  }
  return absl::StrCat(tag);
}

}  // namespace

std::string DescribeImport(const SharedTypeRegistry& types,
                           const CompiledModule& module, size_t import) {
  const Import& declared = module.module().imports[import];
  return absl::StrFormat("\"%s\" \"%s\" %s",
                         absl::Utf8SafeCHexEscape(declared.module),
                         absl::Utf8SafeCHexEscape(declared.name),
                         Describe(types, module.import_types()[import]));
}

absl::Status CheckImport(const SharedTypeRegistry& types,
                         const CompiledModule& module, size_t import,
                         const Extern& external) {
  const ExternType actual = TypeOf(external);
  if (Matches(types, actual, module.import_types()[import])) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "incompatible import type: %s is given %s",
      DescribeImport(types, module, import), Describe(types, actual)));
}

Instantiation::Instantiation(Store& store,
                             std::shared_ptr<const CompiledModule> module,
                             absl::Span<const Extern> imports)
    : store_(store),
      imports_(imports),
      owned_(absl::WrapUnique(new Instance(store, std::move(module)))) {
  instance_ = owned_.get();
}

absl::StatusOr<Outcome<Instance*>> Instantiation::Run() {
  absl::StatusOr<Outcome<Instance*>> result = RunSteps();
  if (trap_.has_value()) return std::unexpected(Trap{.kind = *trap_});
  return result;
}

absl::StatusOr<Outcome<Instance*>> Instantiation::RunSteps() {
  RETURN_IF_ERROR(CheckImports());
  TakeImports();
  RETURN_IF_ERROR(AllocateMemories());
  RETURN_IF_ERROR(CheckGuards());
  RETURN_IF_ERROR(AllocateContext());
  RETURN_IF_ERROR(PrepareHeap());
  FillContext();
  FillImportSlots();
  FillRecords();
  // From here on others may come to refer to the instance.
  store_.instances_.push_back(std::move(owned_));
  RETURN_IF_ERROR(InitializeGlobals());
  RETURN_IF_ERROR(AllocateTables());
  RETURN_IF_ERROR(EvaluateElements());
  RETURN_IF_ERROR(ProtectContext());
  ASSIGN_OR_RETURN(Outcome<void> outcome, WriteElements());
  if (outcome.has_value()) {
    ASSIGN_OR_RETURN(outcome, WriteData());
  }
  if (outcome.has_value()) outcome = CallStart();
  if (!outcome.has_value()) {
    return std::unexpected(std::move(outcome).error());
  }
  return instance_;
}

absl::Status Instantiation::CheckImports() {
  for (size_t i = 0; i < imports_.size(); ++i) {
    RETURN_IF_ERROR(CheckImport(store_.engine().types(), *instance_->module_, i,
                                imports_[i]));
  }
  return absl::OkStatus();
}

void Instantiation::TakeImports() {
  for (const Extern& external : imports_) {
    if (auto* const* function = std::get_if<Function*>(&external)) {
      imported_functions_.push_back(*function);
    } else if (auto* const* table = std::get_if<Table*>(&external)) {
      instance_->tables_.push_back(*table);
    } else if (auto* const* memory = std::get_if<Memory*>(&external)) {
      instance_->memories_.push_back(*memory);
    } else if (auto* const* global = std::get_if<Global*>(&external)) {
      instance_->globals_.push_back(*global);
    } else if (auto* const* tag = std::get_if<Tag*>(&external)) {
      instance_->tags_.push_back(*tag);
    }
  }
  instance_->globals_.resize(module().globals.size());
  for (size_t i = module().num_imported_tags; i < module().tags.size(); ++i) {
    const uint32_t type = module().tags[i].type;
    store_.tags_.push_back(std::make_unique<Tag>(
        store_, instance_->module_->type_ids()[type],
        instance_->module_->CanonicalFuncType(type), TagName(module(), i)));
    instance_->tags_.push_back(store_.tags_.back().get());
  }
}

absl::Status Instantiation::AllocateMemories() {
  const std::vector<MemoryType>& types = module().memories;
  for (size_t i = module().num_imported_memories; i < types.size(); ++i) {
    const size_t prefix_size =
        i == 0 ? static_cast<size_t>(layout().size()) : 0;
    ASSIGN_OR_RETURN(
        std::unique_ptr<Memory> memory,
        Memory::Create(types[i], store_.limits().max_memory_size, prefix_size));
    instance_->memories_.push_back(store_.Adopt(std::move(memory)));
  }
  return absl::OkStatus();
}

absl::Status Instantiation::CheckGuards() const {
  if (instance_->module_->bounds_checks() != BoundsChecks::kGuardPages) {
    return absl::OkStatus();
  }
  for (size_t i = 0; i < instance_->memories_.size(); ++i) {
    const MemoryType& type = module().memories[i];
    if (!type.limits.is64 && type.page_size_log2 == kDefaultPageSizeLog2 &&
        !instance_->memories_[i]->is_guarded()) {
      return absl::ResourceExhaustedError(
          "the system refuses the 10 GiB of address space that a memory with "
          "guard pages needs; compile with explicit bounds checks");
    }
  }
  return absl::OkStatus();
}

absl::Status Instantiation::AllocateContext() {
  const auto size = static_cast<size_t>(layout().size());
  const bool owns_memory_0 =
      module().num_imported_memories == 0 && !module().memories.empty();
  if (owns_memory_0) {
    instance_->memory_base_ = instance_->memories_[0]->data();
  } else {
    ASSIGN_OR_RETURN(instance_->context_mapping_,
                     Reservation::Create(size + kGuardBehindContext));
    RETURN_IF_ERROR(
        instance_->context_mapping_.Protect(0, size, Protection::kReadWrite));
    instance_->memory_base_ = instance_->context_mapping_.begin() + size;
  }
  instance_->context_ = instance_->Field<VmContext>(layout().Context());
  instance_->pinned_ =
      instance_->memory_base_ + layout().PinnedDisplacement(kHostPinned);
  return absl::OkStatus();
}

absl::Status Instantiation::PrepareHeap() {
  if ((module().features_used & kGcFeature) == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(GcHeap * heap, store_.gc_heap());
  heap->AddTypes(instance_->module_->type_ids());
  gc_base_ = heap->base();
  return absl::OkStatus();
}

void Instantiation::FillContext() {
  const CompiledModule& compiled = *instance_->module_;
  instance_->records_.resize(layout().referenced_functions().size());
  *instance_->context_ = {.instance = instance_,
                          .functions = instance_->records_.data(),
                          .call_buffer = store_.call_buffer(),
                          .memory_base = instance_->memory_base_,
                          .gc_base = gc_base_,
                          .counters = compiled.counters()};
  for (uint32_t i = 0; i < instance_->memories_.size(); ++i) {
    VmMemory* const memory = instance_->memories_[i]->vm();
    *instance_->Field<VmMemorySlot>(layout().MemorySlot(i)) = {
        .base = memory->base, .memory = memory};
  }
  for (uint32_t i = 0; i < instance_->tags_.size(); ++i) {
    *instance_->Field<Tag*>(layout().TagSlot(i)) = instance_->tags_[i];
  }
  for (uint32_t i = 0; i < compiled.type_ids().size(); ++i) {
    *instance_->Field<uint32_t>(layout().TypeId(i)) =
        GcHeaderOf(module().types[i], compiled.type_ids()[i]);
  }
  for (uint32_t i = 0; i < module().num_imported_globals; ++i) {
    *instance_->Field<void*>(layout().Global(i)) =
        instance_->globals_[i]->cell();
  }
}

void Instantiation::FillImportSlots() {
  instance_->host_contexts_.reserve(imported_functions_.size());
  for (uint32_t i = 0; i < imported_functions_.size(); ++i) {
    const VmFunction& record = *imported_functions_[i]->record();
    void* context = record.context;
    if (imported_functions_[i]->instance() == nullptr) {
      // A function of the host learns who calls.
      VmHostContext host_context = *static_cast<VmHostContext*>(context);
      host_context.caller = instance_->context_;
      instance_->host_contexts_.push_back(host_context);
      context = &instance_->host_contexts_.back();
    }
    *instance_->Field<VmImportSlot>(layout().ImportSlot(i)) = {
        .code = record.code, .context = context};
  }
}

void Instantiation::FillRecords() {
  const CompiledModule& compiled = *instance_->module_;
  const std::vector<uint32_t>& referenced = layout().referenced_functions();
  // Their addresses are in records.
  instance_->functions_.reserve(referenced.size());
  for (size_t i = 0; i < referenced.size(); ++i) {
    const uint32_t function = referenced[i];
    VmFunction& record = instance_->records_[i];
    if (function < module().num_imported_functions) {
      const auto& slot =
          *instance_->Field<VmImportSlot>(layout().ImportSlot(function));
      record = *imported_functions_[function]->record();
      record.context = slot.context;
      continue;
    }
    const uint32_t type = module().functions[function].type;
    instance_->functions_.emplace_back(store_, instance_, &record,
                                       compiled.CanonicalFuncType(type));
    record = {.code = compiled.FunctionCode(function),
              .context = instance_->pinned_,
              .type_id = compiled.type_ids()[type],
              .padding = 0,
              .function = &instance_->functions_.back()};
  }
}

absl::Status Instantiation::InitializeGlobals() {
  InstanceConstExprContext context(*instance_);
  for (uint32_t i = module().num_imported_globals; i < module().globals.size();
       ++i) {
    ASSIGN_OR_RETURN(const Value value,
                     Evaluate(module().globals[i].init, context));
    WriteCell(instance_->Field<void>(layout().Global(i)), value);
  }
  return absl::OkStatus();
}

absl::Status Instantiation::AllocateTables() {
  InstanceConstExprContext context(*instance_);
  for (size_t i = module().num_imported_tables; i < module().tables.size();
       ++i) {
    const ModuleTable& declared = module().tables[i];
    ReferenceBits initial = 0;
    if (!declared.init.IsEmpty()) {
      ASSIGN_OR_RETURN(const Value value, Evaluate(declared.init, context));
      initial = value.ref();
    }
    const ExternType type = instance_->module_->WithCanonicalIds(declared.type);
    const bool is_function_table =
        module().Top(declared.type.element.heap_type()) ==
        AbstractHeapType::kFunc;
    ASSIGN_OR_RETURN(std::unique_ptr<Table> table,
                     Table::Create(std::get<TableType>(type), is_function_table,
                                   initial, store_.limits().max_table_size));
    instance_->tables_.push_back(table.get());
    store_.tables_.push_back(std::move(table));
  }
  for (uint32_t i = 0; i < instance_->tables_.size(); ++i) {
    VmTable* const table = instance_->tables_[i]->vm();
    *instance_->Field<VmTableSlot>(layout().TableSlot(i)) = {
        .base = table->base, .table = table};
  }
  return absl::OkStatus();
}

absl::Status Instantiation::EvaluateElements() {
  InstanceConstExprContext context(*instance_);
  instance_->elements_.resize(module().elements.size());
  instance_->data_dropped_.resize(module().data.size());
  for (size_t i = 0; i < module().elements.size(); ++i) {
    const ElementSegment& segment = module().elements[i];
    if (segment.mode == SegmentMode::kDeclarative) continue;
    std::vector<ReferenceBits>& references = instance_->elements_[i];
    references.reserve(segment.ItemCount());
    if (const auto* functions =
            std::get_if<std::vector<uint32_t>>(&segment.items)) {
      for (const uint32_t function : *functions) {
        references.push_back(
            reinterpret_cast<ReferenceBits>(instance_->record(function)));
      }
      continue;
    }
    for (const ConstExpr expr :
         std::get<std::vector<ConstExpr>>(segment.items)) {
      ASSIGN_OR_RETURN(const Value value, Evaluate(expr, context));
      references.push_back(value.ref());
    }
  }
  return absl::OkStatus();
}

absl::Status Instantiation::ProtectContext() {
  const auto control_size = static_cast<size_t>(layout().control_size());
  // Larger pages than the layout was made for stay writable.
  if (control_size % PageSize() != 0 || layout().size() % PageSize() != 0) {
    return absl::OkStatus();
  }
  if (instance_->context_mapping_.begin() != nullptr) {
    return instance_->context_mapping_.Protect(0, control_size,
                                               Protection::kRead);
  }
  return instance_->memories_[0]->ProtectPrefix(control_size,
                                                Protection::kRead);
}

absl::StatusOr<Value> Instantiation::Evaluate(
    ConstExpr expr, InstanceConstExprContext& context) {
  absl::StatusOr<Value> value = EvaluateConstExpr(module(), expr, context);
  if (!value.ok()) trap_ = context.trap();
  return value;
}

absl::StatusOr<uint64_t> Instantiation::EvaluateOffset(ConstExpr offset) {
  InstanceConstExprContext context(*instance_);
  ASSIGN_OR_RETURN(const Value value, Evaluate(offset, context));
  return value.type() == ValueType::I32() ? static_cast<uint32_t>(value.i32())
                                          : static_cast<uint64_t>(value.i64());
}

absl::StatusOr<Outcome<void>> Instantiation::WriteElements() {
  for (uint32_t i = 0; i < module().elements.size(); ++i) {
    const ElementSegment& segment = module().elements[i];
    if (segment.mode != SegmentMode::kActive) continue;
    ASSIGN_OR_RETURN(const uint64_t offset, EvaluateOffset(segment.offset));
    if (!instance_->TableInit(segment.table, i, offset, 0,
                              static_cast<uint32_t>(segment.ItemCount()))) {
      return Trapped(TrapKind::kOutOfBoundsTableAccess);
    }
    instance_->DropElements(i);
  }
  return Outcome<void>();
}

absl::StatusOr<Outcome<void>> Instantiation::WriteData() {
  for (uint32_t i = 0; i < module().data.size(); ++i) {
    const DataSegment& segment = module().data[i];
    if (segment.mode != SegmentMode::kActive) continue;
    ASSIGN_OR_RETURN(const uint64_t offset, EvaluateOffset(segment.offset));
    if (!instance_->MemoryInit(segment.memory, i, offset, 0,
                               segment.bytes.size)) {
      return Trapped(TrapKind::kOutOfBoundsMemoryAccess);
    }
    instance_->DropData(i);
  }
  return Outcome<void>();
}

Outcome<void> Instantiation::CallStart() {
  if (!module().start.has_value()) return {};
  const uint32_t start = *module().start;
  // Nobody needs to be able to refer to the start function.
  VmFunction record = {};
  if (start < module().num_imported_functions) {
    const auto& slot =
        *instance_->Field<VmImportSlot>(layout().ImportSlot(start));
    record.code = slot.code;
    record.context = slot.context;
  } else {
    record.code = instance_->module_->FunctionCode(start);
    record.context = instance_->pinned_;
  }
  const Function function(
      store_, instance_, &record,
      instance_->module_->CanonicalFuncType(module().functions[start].type));
  RegisterFile registers;
  if (!Enter(function, registers)) return std::unexpected(TakeTermination());
  return {};
}

}  // namespace wasijit
