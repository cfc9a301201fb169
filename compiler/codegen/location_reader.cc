#include "compiler/codegen/location_reader.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/target/symbols.h"
#include "llvm/DebugInfo/DIContext.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/DebugInfo/DWARF/DWARFDebugLine.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace wasijit::compiler {
namespace {

absl::Status ToStatus(llvm::Error error) {
  return absl::InternalError(absl::StrCat("reading code locations: ",
                                          llvm::toString(std::move(error))));
}

struct FunctionSymbolRange {
  uint64_t section;
  uint64_t begin;
  uint64_t end;
  uint32_t function;

  auto Key() const { return std::pair(section, begin); }
};

// The object's functions by section and address.
absl::StatusOr<std::vector<FunctionSymbolRange>> ReadFunctions(
    const llvm::object::ObjectFile& file) {
  std::vector<FunctionSymbolRange> functions;
  for (const llvm::object::SymbolRef& symbol : file.symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return ToStatus(name.takeError());
    const std::optional<uint32_t> function =
        FunctionFromSymbol(absl::string_view(name->data(), name->size()));
    if (!function.has_value()) continue;
    llvm::Expected<llvm::object::section_iterator> section =
        symbol.getSection();
    if (!section) return ToStatus(section.takeError());
    if (*section == file.section_end()) continue;
    llvm::Expected<uint64_t> begin = symbol.getValue();
    if (!begin) return ToStatus(begin.takeError());
    functions.push_back({(*section)->getIndex(), *begin,
                         *begin + llvm::object::ELFSymbolRef(symbol).getSize(),
                         *function});
  }
  std::sort(functions.begin(), functions.end(),
            [](const auto& a, const auto& b) { return a.Key() < b.Key(); });
  return functions;
}

const FunctionSymbolRange* FindFunction(
    const std::vector<FunctionSymbolRange>& functions,
    const llvm::object::SectionedAddress& address) {
  const std::pair key(address.SectionIndex, address.Address);
  auto after = std::upper_bound(
      functions.begin(), functions.end(), key,
      [](const auto& k, const auto& function) { return k < function.Key(); });
  if (after == functions.begin()) return nullptr;
  const FunctionSymbolRange& candidate = *(after - 1);
  if (candidate.section != address.SectionIndex ||
      address.Address >= candidate.end) {
    return nullptr;
  }
  return &candidate;
}

// Adds the calls at which what is at `address` was inlined.
void AddInlinedCalls(
    llvm::DWARFContext& dwarf, llvm::object::SectionedAddress address,
    absl::FunctionRef<uint32_t(uint32_t bytecode_offset)> function_at,
    std::vector<BytecodePlace>& places) {
  const llvm::DIInliningInfo frames = dwarf.getInliningInfoForAddress(
      address, llvm::DILineInfoSpecifier(
                   llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue,
                   llvm::DILineInfoSpecifier::FunctionNameKind::ShortName));
  for (uint32_t i = 1; i < frames.getNumberOfFrames(); ++i) {
    const llvm::DILineInfo& frame = frames.getFrame(i);
    if (frame.Line != 0) {
      places.push_back({function_at(frame.Line), frame.Line});
      continue;
    }
    const std::optional<uint32_t> function =
        FunctionFromSymbol(absl::string_view(frame.FunctionName));
    if (function.has_value()) places.push_back({*function, kNoLocation});
  }
}

}  // namespace

absl::StatusOr<std::vector<ObjectLocation>> ReadLocations(
    llvm::MemoryBufferRef object,
    absl::FunctionRef<uint32_t(uint32_t bytecode_offset)> function_at) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createELFObjectFile(object);
  if (!file) return ToStatus(file.takeError());
  absl::StatusOr<std::vector<FunctionSymbolRange>> functions =
      ReadFunctions(**file);
  if (!functions.ok()) return functions.status();

  std::unique_ptr<llvm::DWARFContext> dwarf =
      llvm::DWARFContext::create(**file);
  std::vector<ObjectLocation> locations;
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : dwarf->compile_units()) {
    const llvm::DWARFDebugLine::LineTable* table =
        dwarf->getLineTableForUnit(unit.get());
    if (table == nullptr) continue;
    for (const llvm::DWARFDebugLine::Row& row : table->Rows) {
      // Line 0: an instruction that belongs to no place in particular.
      if (row.EndSequence || row.Line == 0) continue;
      const FunctionSymbolRange* owner = FindFunction(*functions, row.Address);
      if (owner == nullptr) continue;
      const uint32_t function = function_at(row.Line);
      ObjectLocation location = {
          owner->function,
          static_cast<uint32_t>(row.Address.Address - owner->begin),
          {{function, row.Line}}};
      if (function != owner->function) {
        AddInlinedCalls(*dwarf, row.Address, function_at, location.places);
      }
      locations.push_back(std::move(location));
    }
  }
  return locations;
}

}  // namespace wasijit::compiler
