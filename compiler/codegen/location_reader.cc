#include "compiler/codegen/location_reader.h"

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
#include "compiler/codegen/object_functions.h"
#include "compiler/target/symbols.h"
#include "llvm/DebugInfo/DIContext.h"
#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/DebugInfo/DWARF/DWARFDebugLine.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace wasijit::compiler {
namespace {

absl::Status ToStatus(llvm::Error error) {
  return absl::InternalError(absl::StrCat("reading code locations: ",
                                          llvm::toString(std::move(error))));
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
  llvm::Expected<ObjectFunctions> functions = ObjectFunctions::Read(**file);
  if (!functions) return ToStatus(functions.takeError());

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
      const ObjectFunction* owner =
          functions->Find(row.Address.SectionIndex, row.Address.Address);
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
