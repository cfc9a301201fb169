#include "runtime/compiled_module.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/tier_compiler.h"
#include "runtime/lazy_code.h"
#include "runtime/loaded_code.h"
#include "runtime/module/module.h"
#include "runtime/module/type_registry.h"
#include "runtime/platform/arch.h"
#include "runtime/platform/executable_memory.h"
#include "runtime/platform/range_registry.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Text of live modules. Never destroyed: handlers may run until the end.
RangeRegistry& CodeRegistry() {
  static RangeRegistry* const registry =
      std::make_unique<RangeRegistry>().release();
  return *registry;
}

absl::Status CheckMachine(const CodeImage& image) {
  if (image.instruction_set != kHostInstructionSet) {
    return absl::FailedPreconditionError(
        "the code is for another instruction set than this machine's");
  }
  std::vector<std::string> missing;
  for (const std::string& feature : image.cpu_features) {
    if (!HostHasCpuFeature(feature)) missing.push_back(feature);
  }
  if (!missing.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the code needs CPU features that this machine lacks: ",
        absl::StrJoin(missing, ", "), "; compile it here or for an older CPU"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CompiledModule>> CompiledModule::Create(
    CodeImage image, SharedTypeRegistry& types) {
  RETURN_IF_ERROR(CheckMachine(image));
  FillSlots(image, image.code.data());
  std::shared_ptr<CompiledModule> compiled =
      absl::WrapUnique(new CompiledModule(image.module, image.bounds_checks));
  ASSIGN_OR_RETURN(
      compiled->memory_,
      ExecutableMemory::Create(image.code, image.ReadOnlyDataOffset()));
  compiled->code_.emplace(std::move(image), compiled->memory_.text());
  RETURN_IF_ERROR(compiled->AddTypes(types));
  compiled->Register();
  return compiled;
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> CompiledModule::Create(
    LazyImage image, SharedTypeRegistry& types, TierOptions options) {
  std::shared_ptr<CompiledModule> compiled =
      absl::WrapUnique(new CompiledModule(image.module, image.bounds_checks));
  ASSIGN_OR_RETURN(compiled->lazy_,
                   LazyCode::Create(std::move(image), options));
  RETURN_IF_ERROR(compiled->AddTypes(types));
  compiled->Register();
  return compiled;
}

CompiledModule::CompiledModule(std::shared_ptr<const Module> module,
                               BoundsChecks bounds_checks)
    : module_(std::move(module)),
      bounds_checks_(bounds_checks),
      layout_(*module_),
      records_(module_->functions.size()) {
  const std::vector<uint32_t>& referenced = layout_.referenced_functions();
  for (uint32_t record = 0; record < referenced.size(); ++record) {
    records_[referenced[record]] = record;
  }
}

CompiledModule::~CompiledModule() {
  if (is_registered_) {
    CodeRegistry().Remove(reinterpret_cast<uintptr_t>(text().data()));
  }
  if (lazy_ != nullptr) lazy_->Abandon();
}

void CompiledModule::Register() {
  if (text().empty()) return;
  const auto begin = reinterpret_cast<uintptr_t>(text().data());
  CodeRegistry().Add(begin, begin + text().size(), this);
  is_registered_ = true;
}

absl::Status CompiledModule::AddTypes(SharedTypeRegistry& types) {
  ASSIGN_OR_RETURN(type_ids_, types.AddModule(module()));
  func_types_.reserve(type_ids_.size());
  for (const TypeId id : type_ids_) {
    func_types_.push_back(types.Definition(id).func());
  }
  import_types_.reserve(module().imports.size());
  for (const Import& import : module().imports) {
    import_types_.push_back(WithCanonicalIds(import.type));
  }
  return absl::OkStatus();
}

ExternType CompiledModule::WithCanonicalIds(ExternType type) const {
  if (auto* function = std::get_if<FunctionExternType>(&type)) {
    function->type = type_ids_[function->type];
  } else if (auto* tag = std::get_if<TagType>(&type)) {
    tag->type = type_ids_[tag->type];
  } else if (auto* table = std::get_if<TableType>(&type)) {
    table->element = WithIds(table->element, type_ids_);
  } else if (auto* global = std::get_if<GlobalType>(&type)) {
    global->value = WithIds(global->value, type_ids_);
  }
  return type;
}

const void* CompiledModule::FunctionCode(uint32_t function) const {
  if (lazy_ != nullptr) return lazy_->Trampoline(function);
  return code_->CodeAt(function - module().num_imported_functions);
}

const LoadedCode* CompiledModule::CodeAt(const void* pc) const {
  if (lazy_ != nullptr) return lazy_->CodeAt(pc);
  return code_->Contains(pc) ? &*code_ : nullptr;
}

std::vector<CompiledModule::Place> CompiledModule::PlacesAt(
    const void* pc) const {
  const LoadedCode* const code = CodeAt(pc);
  return code == nullptr ? std::vector<Place>() : code->PlacesAt(pc);
}

bool CompiledModule::IsEntry(const void* pc) const {
  const LoadedCode* const code = CodeAt(pc);
  if (code == nullptr) return false;
  const std::optional<uint32_t> position = code->PositionAt(pc);
  return position.has_value() && code->CodeAt(*position) == pc;
}

const void* CompiledModule::LandingPadAt(const void* return_address) const {
  const LoadedCode* const code =
      CodeAt(static_cast<const uint8_t*>(return_address) - 1);
  return code == nullptr ? nullptr : code->LandingPadAt(return_address);
}

CompiledModule::FrameShape CompiledModule::FrameAt(
    const void* return_address) const {
  return CodeAt(static_cast<const uint8_t*>(return_address) - 1)
      ->FrameAt(return_address);
}

absl::Span<const uint8_t> CompiledModule::text() const {
  return lazy_ != nullptr ? lazy_->text() : code_->text();
}

const CompiledModule* CompiledModule::Containing(const void* pc) {
  return static_cast<const CompiledModule*>(
      CodeRegistry().Find(reinterpret_cast<uintptr_t>(pc)));
}

}  // namespace wasijit
