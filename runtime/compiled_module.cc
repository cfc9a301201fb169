#include "runtime/compiled_module.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
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
#include "runtime/abi/libcalls.h"
#include "runtime/abi/unwind_tables.h"
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

const void* LibcallAddress(Libcall libcall) {
  static constexpr auto kAddress = [](auto* function) {
    return reinterpret_cast<const void*>(function);
  };
  switch (libcall) {
    case Libcall::kMemcpy:
      return kAddress(&std::memcpy);
    case Libcall::kMemmove:
      return kAddress(&std::memmove);
    case Libcall::kMemset:
      return kAddress(&std::memset);
#define LIBCALL(name, result, parameters) \
  case Libcall::k##name:                  \
    return kAddress(&libcalls::name);
#include "runtime/abi/libcalls.def"
  }
  return nullptr;
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

void FillSlots(CodeImage& image) {
  for (const ImageSlot& slot : image.slots) {
    const void* const address = LibcallAddress(slot.libcall);
    std::memcpy(&image.code[slot.offset], &address, sizeof(address));
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CompiledModule>> CompiledModule::Create(
    CodeImage image, SharedTypeRegistry& types) {
  RETURN_IF_ERROR(CheckMachine(image));
  FillSlots(image);
  ASSIGN_OR_RETURN(
      ExecutableMemory code,
      ExecutableMemory::Create(image.code, image.ReadOnlyDataOffset()));
  image.code = {};
  std::shared_ptr<CompiledModule> compiled =
      absl::WrapUnique(new CompiledModule(std::move(image), std::move(code)));
  RETURN_IF_ERROR(compiled->AddTypes(types));
  if (compiled->image_.text_size != 0) {
    const auto begin = reinterpret_cast<uintptr_t>(compiled->code_.text());
    CodeRegistry().Add(begin, begin + compiled->image_.text_size,
                       compiled.get());
  }
  return compiled;
}

CompiledModule::CompiledModule(CodeImage image, ExecutableMemory code)
    : image_(std::move(image)),
      code_(std::move(code)),
      layout_(*image_.module),
      records_(image_.module->functions.size()),
      functions_by_address_(image_.functions.size()) {
  const std::vector<uint32_t>& referenced = layout_.referenced_functions();
  for (uint32_t record = 0; record < referenced.size(); ++record) {
    records_[referenced[record]] = record;
  }
  std::iota(functions_by_address_.begin(), functions_by_address_.end(), 0);
  std::sort(functions_by_address_.begin(), functions_by_address_.end(),
            [this](uint32_t a, uint32_t b) {
              return image_.functions[a].begin < image_.functions[b].begin;
            });
}

CompiledModule::~CompiledModule() {
  if (image_.text_size != 0) {
    CodeRegistry().Remove(reinterpret_cast<uintptr_t>(code_.text()));
  }
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

std::optional<uint32_t> CompiledModule::FunctionAt(const void* pc) const {
  const auto offset =
      static_cast<uint64_t>(static_cast<const uint8_t*>(pc) - code_.text());
  const auto after = std::upper_bound(
      functions_by_address_.begin(), functions_by_address_.end(), offset,
      [this](uint64_t value, uint32_t function) {
        return value < image_.functions[function].begin;
      });
  if (after == functions_by_address_.begin()) return std::nullopt;
  const uint32_t function = *(after - 1);
  if (offset >= image_.functions[function].end) return std::nullopt;
  return function + module().num_imported_functions;
}

size_t CompiledModule::OffsetInFunction(uint32_t function,
                                        const void* pc) const {
  return static_cast<size_t>(
      static_cast<const uint8_t*>(pc) -
      static_cast<const uint8_t*>(FunctionCode(function)));
}

std::vector<CompiledModule::Place> CompiledModule::PlacesAt(
    const void* pc) const {
  const std::optional<uint32_t> function = FunctionAt(pc);
  if (!function.has_value()) return {};
  const auto offset =
      static_cast<uint32_t>(static_cast<const uint8_t*>(pc) - code_.text());
  const auto after =
      std::upper_bound(image_.locations.begin(), image_.locations.end(), offset,
                       [](uint32_t value, const CodeLocation& location) {
                         return value < location.pc;
                       });
  const uint32_t begin =
      image_.functions[*function - module().num_imported_functions].begin;
  if (after == image_.locations.begin() || (after - 1)->pc < begin) {
    return {{.function = *function, .bytecode_offset = kNoLocation}};
  }
  const CodeLocation& location = *(after - 1);
  std::vector<Place> places = {{.function = location.function,
                                .bytecode_offset = location.bytecode_offset}};
  for (uint32_t i = location.inlined_at; i != kNoLocation;
       i = image_.inlined_calls[i].inlined_at) {
    places.push_back(
        {.function = image_.inlined_calls[i].function,
         .bytecode_offset = image_.inlined_calls[i].bytecode_offset});
  }
  return places;
}

const void* CompiledModule::LandingPadAt(const void* return_address) const {
  const std::vector<LandingPad>& pads = image_.unwind.landing_pads;
  if (pads.empty()) return nullptr;
  const auto offset = static_cast<uint32_t>(
      static_cast<const uint8_t*>(return_address) - code_.text() - 1);
  const auto after = std::upper_bound(
      pads.begin(), pads.end(), offset,
      [](uint32_t value, const LandingPad& pad) { return value < pad.begin; });
  if (after == pads.begin() || offset >= (after - 1)->end) return nullptr;
  return code_.text() + (after - 1)->target;
}

CompiledModule::FrameShape CompiledModule::FrameAt(
    const void* return_address) const {
  const UnwindTables& tables = image_.unwind;
  const std::optional<uint32_t> function =
      FunctionAt(static_cast<const uint8_t*>(return_address) - 1);
  const FrameLayout& layout =
      tables
          .layouts[tables.frames[*function - module().num_imported_functions]];
  return {
      layout.caller_stack,
      absl::MakeConstSpan(tables.saved_registers)
          .subspan(layout.saved_begin, layout.saved_end - layout.saved_begin)};
}

absl::Span<const uint8_t> CompiledModule::text() const {
  return {code_.text(), image_.text_size};
}

const CompiledModule* CompiledModule::Containing(const void* pc) {
  return static_cast<const CompiledModule*>(
      CodeRegistry().Find(reinterpret_cast<uintptr_t>(pc)));
}

}  // namespace wasijit
