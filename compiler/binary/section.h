// The sections of a binary module (specification, 5.5.2): ids, order, names.
#ifndef WASIJIT_COMPILER_BINARY_SECTION_H_
#define WASIJIT_COMPILER_BINARY_SECTION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/strings/string_view.h"

namespace wasijit::compiler {

// The enumerators are the ids.
enum class SectionId : uint8_t {
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElement = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
};

// The order in which sections other than custom ones appear.
inline constexpr SectionId kSectionOrder[] = {
    SectionId::kType,    SectionId::kImport,    SectionId::kFunction,
    SectionId::kTable,   SectionId::kMemory,    SectionId::kTag,
    SectionId::kGlobal,  SectionId::kExport,    SectionId::kStart,
    SectionId::kElement, SectionId::kDataCount, SectionId::kCode,
    SectionId::kData,
};

// 1 for the first section of the order, and so on; 0 for custom sections.
constexpr size_t PlaceOf(SectionId id) {
  for (size_t i = 0; i < std::size(kSectionOrder); ++i) {
    if (kSectionOrder[i] == id) return i + 1;
  }
  return 0;
}

constexpr std::optional<SectionId> SectionFromByte(uint8_t byte) {
  if (byte > static_cast<uint8_t>(SectionId::kTag)) return std::nullopt;
  return static_cast<SectionId>(byte);
}

// "type", "data count", ...
constexpr absl::string_view NameOf(SectionId id) {
  constexpr absl::string_view kNames[] = {
      "custom", "type",  "import",  "function", "table", "memory",     "global",
      "export", "start", "element", "code",     "data",  "data count", "tag"};
  return kNames[static_cast<size_t>(id)];
}

// Bytes at the start of every module.
inline constexpr uint8_t kMagic[] = {0x00, 'a', 's', 'm'};
inline constexpr uint8_t kVersion[] = {0x01, 0x00, 0x00, 0x00};

// Marks before a recursion group, and before a table with an initial value,
// which a zero byte follows.
inline constexpr uint8_t kRecGroup = 0x4e;
inline constexpr uint8_t kTableWithInit = 0x40;

// The custom section that gives names to functions and locals (specification,
// appendix A.4), and its subsections.
inline constexpr absl::string_view kNameSection = "name";
inline constexpr uint8_t kModuleNameSubsection = 0;
inline constexpr uint8_t kFunctionNamesSubsection = 1;
inline constexpr uint8_t kLocalNamesSubsection = 2;

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_SECTION_H_
