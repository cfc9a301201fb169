#include "compiler/validation/module_validator.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/validation/body_validator.h"
#include "compiler/validation/module_context.h"
#include "compiler/validation/type_validator.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

constexpr uint64_t kMaxTable32 = UINT32_MAX;

// The largest number of pages: what fills the address space, or, where that
// cannot be counted, one less.
uint64_t MaxPages(const MemoryType& type) {
  if (type.page_size_log2 == 0) {
    return type.limits.is64 ? UINT64_MAX : UINT32_MAX;
  }
  return uint64_t{1} << ((type.limits.is64 ? 64 : 32) - type.page_size_log2);
}

class ModuleValidator {
 public:
  ModuleValidator(const Module& module, FeatureSet features)
      : module_(module), context_(module, features) {}

  absl::Status Validate() {
    RETURN_IF_ERROR(ValidateTypes(context_, used_));
    RETURN_IF_ERROR(CheckImports());
    RETURN_IF_ERROR(CheckTags());
    RETURN_IF_ERROR(CheckFunctions());
    RETURN_IF_ERROR(CheckMemories());
    MarkReferencedFunctions();
    RETURN_IF_ERROR(CheckTables());
    RETURN_IF_ERROR(CheckGlobals());
    RETURN_IF_ERROR(CheckData());
    RETURN_IF_ERROR(CheckElements());
    RETURN_IF_ERROR(CheckStart());
    RETURN_IF_ERROR(CheckExports());
    return CheckBodies();
  }

  FeatureSet features_used() const {
    FeatureSet all = used_;
    return all.Add(bodies_.features_used());
  }

 private:
  static absl::Status Error(absl::string_view message,
                            absl::string_view place) {
    return absl::InvalidArgumentError(absl::StrCat(message, ", in ", place));
  }

  absl::Status CheckFeatures(FeatureSet needed, absl::string_view place) {
    used_.Add(needed);
    if (const auto disabled = DisabledFeature(needed, context_.features)) {
      return Error(*disabled, place);
    }
    return absl::OkStatus();
  }
  absl::Status CheckFeature(Feature feature, absl::string_view place) {
    FeatureSet needed;
    return CheckFeatures(needed.Add(feature), place);
  }

  absl::StatusOr<ValueType> Canonical(ValueType type, absl::string_view place) {
    std::string error;
    const std::optional<ValueType> found =
        context_.Canonical(type, used_, error);
    if (!found) return Error(error, place);
    return *found;
  }

  absl::Status CheckConstExpr(ConstExpr expression, ValueType type,
                              absl::string_view place) {
    const absl::Status status = bodies_.ValidateConstExpr(expression, type);
    if (status.ok()) return status;
    return absl::Status(status.code(),
                        absl::StrCat(status.message(), ", in ", place));
  }

  // External types (3.2.13 and following), which also add to the context.

  absl::StatusOr<const FuncType*> FuncTypeAt(uint32_t type,
                                             absl::string_view place) const {
    if (type >= context_.type_ids.size()) {
      return Error(Unknown("type", type), place);
    }
    const FuncType* func = context_.Definition(context_.type_ids[type]).func();
    if (func == nullptr) {
      return Error(
          absl::StrCat("type mismatch: type ", type, " is not a function type"),
          place);
    }
    return func;
  }

  absl::Status AddFunction(uint32_t type, bool exact, absl::string_view place) {
    ASSIGN_OR_RETURN(const FuncType* func, FuncTypeAt(type, place));
    context_.functions.push_back({func, context_.type_ids[type], exact});
    return absl::OkStatus();
  }

  static absl::Status CheckLimits(const Limits& limits, uint64_t maximum,
                                  absl::string_view message,
                                  absl::string_view place) {
    if (limits.min > maximum || limits.max.value_or(0) > maximum) {
      return Error(message, place);
    }
    if (limits.max && *limits.max < limits.min) {
      return Error("size minimum must not be greater than maximum", place);
    }
    return absl::OkStatus();
  }

  absl::Status AddTable(const TableType& type, absl::string_view place) {
    if (type.limits.is64) {
      RETURN_IF_ERROR(CheckFeature(Feature::kMemory64, place));
    }
    RETURN_IF_ERROR(
        CheckLimits(type.limits, type.limits.is64 ? UINT64_MAX : kMaxTable32,
                    "table size must be at most 2^32-1 elements", place));
    // Tables and segments of funcref are older than reference types.
    ValueType element = type.element;
    if (element != ValueType::FuncRef()) {
      ASSIGN_OR_RETURN(element, Canonical(type.element, place));
    }
    context_.tables.push_back({element, type.limits.AddressType()});
    if (context_.tables.size() > 1) {
      used_.Add(Feature::kReferenceTypes);
      if (!context_.features.Has(Feature::kReferenceTypes)) {
        return Error("multiple tables", place);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddMemory(const MemoryType& type, absl::string_view place) {
    if (type.limits.is64) {
      RETURN_IF_ERROR(CheckFeature(Feature::kMemory64, place));
    }
    if (type.page_size_log2 != kDefaultPageSizeLog2) {
      RETURN_IF_ERROR(CheckFeature(Feature::kCustomPageSizes, place));
      if (type.page_size_log2 != 0) {
        return Error("invalid custom page size: it must be 1 or 65536", place);
      }
    }
    const std::string message =
        absl::StrCat("memory size must be at most ", MaxPages(type), " pages",
                     MaxPages(type) == 65536 ? " (4GiB)" : "");
    RETURN_IF_ERROR(CheckLimits(type.limits, MaxPages(type), message, place));
    if (type.shared) {
      RETURN_IF_ERROR(CheckFeature(Feature::kThreads, place));
      if (!type.limits.max) {
        return Error("shared memory must have maximum", place);
      }
    }
    context_.memories.push_back(type.limits.AddressType());
    if (context_.memories.size() > 1) {
      used_.Add(Feature::kMultiMemory);
      if (!context_.features.Has(Feature::kMultiMemory)) {
        return Error("multiple memories", place);
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddGlobal(const GlobalType& type, absl::string_view place) {
    ASSIGN_OR_RETURN(const ValueType value, Canonical(type.value, place));
    context_.globals.push_back({value, type.is_mutable});
    return absl::OkStatus();
  }

  absl::Status AddTag(const TagType& type, absl::string_view place) {
    // Both exception proposals have tags.
    const bool legacy = !context_.features.Has(Feature::kExceptions);
    RETURN_IF_ERROR(CheckFeature(
        legacy ? Feature::kLegacyExceptions : Feature::kExceptions, place));
    ASSIGN_OR_RETURN(const FuncType* func, FuncTypeAt(type.type, place));
    if (!func->results.empty()) {
      return Error("non-empty tag result type", place);
    }
    context_.tags.push_back(func);
    return absl::OkStatus();
  }

  absl::Status AddExtern(const ExternType& type, absl::string_view place) {
    if (const auto* function = std::get_if<FunctionExternType>(&type)) {
      if (function->exact) {
        RETURN_IF_ERROR(CheckFeature(Feature::kCustomDescriptors, place));
      }
      return AddFunction(function->type, function->exact, place);
    }
    if (const auto* table = std::get_if<TableType>(&type)) {
      return AddTable(*table, place);
    }
    if (const auto* memory = std::get_if<MemoryType>(&type)) {
      return AddMemory(*memory, place);
    }
    if (const auto* global = std::get_if<GlobalType>(&type)) {
      return AddGlobal(*global, place);
    }
    return AddTag(std::get<TagType>(type), place);
  }

  absl::Status CheckImports() {
    for (uint32_t i = 0; i < module_.imports.size(); ++i) {
      const Import& import = module_.imports[i];
      const absl::Status status = AddExtern(import.type, "import");
      if (!status.ok()) {
        return absl::Status(
            status.code(),
            absl::StrCat(status.message(), " ", i, " (\"",
                         absl::Utf8SafeCEscape(import.module), "\" \"",
                         absl::Utf8SafeCEscape(import.name), "\")"));
      }
    }
    return absl::OkStatus();
  }

  // Own entities, in the order in which they may refer to each other.

  static std::string Place(absl::string_view kind, size_t index) {
    return absl::StrCat(kind, " ", index);
  }

  absl::Status CheckTags() {
    for (size_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
      RETURN_IF_ERROR(AddTag(module_.tags[i], Place("tag", i)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckFunctions() {
    context_.functions.reserve(module_.functions.size());
    for (size_t i = module_.num_imported_functions;
         i < module_.functions.size(); ++i) {
      // The place is only for errors, and functions are many.
      const uint32_t type = module_.functions[i].type;
      if (!AddFunction(type, /*exact=*/true, "").ok()) {
        return AddFunction(type, /*exact=*/true, Place("function", i));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckMemories() {
    for (size_t i = module_.num_imported_memories; i < module_.memories.size();
         ++i) {
      RETURN_IF_ERROR(AddMemory(module_.memories[i], Place("memory", i)));
    }
    return absl::OkStatus();
  }

  void MarkReferencedFunctions() {
    context_.referenced.resize(module_.functions.size());
    for (uint32_t function : ReferencedFunctions(module_)) {
      context_.referenced[function] = true;
    }
  }

  absl::Status CheckTables() {
    for (size_t i = module_.num_imported_tables; i < module_.tables.size();
         ++i) {
      const ModuleTable& table = module_.tables[i];
      const std::string place = Place("table", i);
      RETURN_IF_ERROR(AddTable(table.type, place));
      if (!table.init.IsEmpty()) {
        RETURN_IF_ERROR(CheckFeature(Feature::kFunctionReferences, place));
        RETURN_IF_ERROR(
            CheckConstExpr(table.init, context_.tables[i].element, place));
      } else if (!table.type.element.IsDefaultable()) {
        return Error(
            "type mismatch: a table of non-nullable references needs an "
            "initial value",
            place);
      }
    }
    return absl::OkStatus();
  }

  // The initial value sees the globals before.
  absl::Status CheckGlobals() {
    for (size_t i = module_.num_imported_globals; i < module_.globals.size();
         ++i) {
      const ModuleGlobal& global = module_.globals[i];
      const std::string place = Place("global", i);
      ASSIGN_OR_RETURN(const ValueType type,
                       Canonical(global.type.value, place));
      RETURN_IF_ERROR(CheckConstExpr(global.init, type, place));
      context_.globals.push_back({type, global.type.is_mutable});
    }
    return absl::OkStatus();
  }

  absl::Status CheckData() {
    for (size_t i = 0; i < module_.data.size(); ++i) {
      const DataSegment& segment = module_.data[i];
      const std::string place = Place("data segment", i);
      if (segment.mode == SegmentMode::kPassive) {
        RETURN_IF_ERROR(CheckFeature(Feature::kBulkMemory, place));
        continue;
      }
      if (segment.memory >= context_.memories.size()) {
        return Error(Unknown("memory", segment.memory), place);
      }
      RETURN_IF_ERROR(CheckConstExpr(segment.offset,
                                     context_.memories[segment.memory], place));
    }
    return absl::OkStatus();
  }

  absl::Status CheckElements() {
    for (size_t i = 0; i < module_.elements.size(); ++i) {
      RETURN_IF_ERROR(
          CheckElement(module_.elements[i], Place("elem segment", i)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckElement(const ElementSegment& segment,
                            absl::string_view place) {
    const auto* functions = std::get_if<std::vector<uint32_t>>(&segment.items);
    ValueType type = segment.type;
    if (!type.heap_type().Is(AbstractHeapType::kFunc)) {
      ASSIGN_OR_RETURN(type, Canonical(segment.type, place));
    }
    if (segment.mode != SegmentMode::kActive) {
      RETURN_IF_ERROR(CheckFeature(Feature::kBulkMemory, place));
    }
    if (functions != nullptr) {
      RETURN_IF_ERROR(CheckElementFunctions(*functions, type, place));
    } else {
      for (ConstExpr item : std::get<std::vector<ConstExpr>>(segment.items)) {
        RETURN_IF_ERROR(CheckConstExpr(item, type, place));
      }
    }
    context_.elements.push_back(type);
    if (segment.mode != SegmentMode::kActive) return absl::OkStatus();

    if (segment.table >= context_.tables.size()) {
      return Error(Unknown("table", segment.table), place);
    }
    const ModuleContext::Table& table = context_.tables[segment.table];
    if (!context_.Matches(type, table.element)) {
      return Error(absl::StrCat("type mismatch: element segment's type ",
                                context_.TypeName(type),
                                " does not match table's element type ",
                                context_.TypeName(table.element)),
                   place);
    }
    return CheckConstExpr(segment.offset, table.address, place);
  }

  absl::Status CheckElementFunctions(const std::vector<uint32_t>& functions,
                                     ValueType type, absl::string_view place) {
    for (uint32_t index : functions) {
      if (index >= context_.functions.size()) {
        return Error(Unknown("function", index), place);
      }
      const ModuleContext::Function& function = context_.functions[index];
      const ValueType item =
          ValueType::Ref(HeapType::Concrete(function.id, function.exact),
                         /*nullable=*/false);
      if (!context_.Matches(item, type)) {
        return Error(absl::StrCat("type mismatch: element segment's type ",
                                  context_.TypeName(type),
                                  " does not match function ", index),
                     place);
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckStart() const {
    if (!module_.start) return absl::OkStatus();
    if (*module_.start >= context_.functions.size()) {
      return Error(Unknown("function", *module_.start), "start section");
    }
    const FuncType& type = *context_.functions[*module_.start].type;
    if (!type.params.empty() || !type.results.empty()) {
      return Error("start function must not have parameters or results",
                   "start section");
    }
    return absl::OkStatus();
  }

  absl::Status CheckExports() const {
    const size_t sizes[] = {context_.functions.size(), context_.tables.size(),
                            context_.memories.size(), context_.globals.size(),
                            context_.tags.size()};
    absl::flat_hash_set<absl::string_view> names;
    names.reserve(module_.exports.size());
    for (const Export& exported : module_.exports) {
      if (exported.index >= sizes[static_cast<size_t>(exported.kind)]) {
        return Error(Unknown(WordOf(exported.kind), exported.index),
                     ExportPlace(exported));
      }
      if (!names.insert(exported.name).second) {
        return Error("duplicate export name", ExportPlace(exported));
      }
    }
    return absl::OkStatus();
  }

  static std::string ExportPlace(const Export& exported) {
    return absl::StrCat("export \"", absl::Utf8SafeCEscape(exported.name),
                        "\"");
  }

  // The word of error messages, which for functions is not the keyword.
  static absl::string_view WordOf(ExternKind kind) {
    return kind == ExternKind::kFunction ? "function" : ToString(kind);
  }

  absl::Status CheckBodies() {
    for (size_t i = module_.num_imported_functions;
         i < module_.functions.size(); ++i) {
      RETURN_IF_ERROR(bodies_.ValidateFunction(static_cast<uint32_t>(i)));
    }
    return absl::OkStatus();
  }

  const Module& module_;
  ModuleContext context_;
  FeatureSet used_;
  BodyValidator bodies_{context_};
};

}  // namespace

static_assert(FeatureSet().Add(Feature::kGc).bits() ==
              (kGcFeature | FeatureSet().bits()));

absl::Status ValidateModule(Module& module, FeatureSet features) {
  ModuleValidator validator(module, features);
  RETURN_IF_ERROR(validator.Validate());
  module.features_used = validator.features_used().bits();
  return absl::OkStatus();
}

std::optional<uint32_t> OffsetOf(const absl::Status& error) {
  const auto payload = error.GetPayload(kOffsetPayload);
  uint32_t offset = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &offset)) {
    return std::nullopt;
  }
  return offset;
}

}  // namespace wasijit::compiler
