#include "compiler/text/custom_annotation.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/binary/section.h"
#include "compiler/text/string_literal.h"
#include "runtime/module/byte_reader.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kPrefix = "@custom annotation: ";

struct SectionWord {
  Keyword keyword;
  SectionId id;
};
// The first row of an id is how the printer writes it.
constexpr SectionWord kSectionWords[] = {
    {Keyword::kType, SectionId::kType},
    {Keyword::kImport, SectionId::kImport},
    {Keyword::kFunc, SectionId::kFunction},
    {Keyword::kTable, SectionId::kTable},
    {Keyword::kMemory, SectionId::kMemory},
    {Keyword::kTag, SectionId::kTag},
    {Keyword::kGlobal, SectionId::kGlobal},
    {Keyword::kExport, SectionId::kExport},
    {Keyword::kStart, SectionId::kStart},
    {Keyword::kElem, SectionId::kElement},
    {Keyword::kDataCount, SectionId::kDataCount},
    {Keyword::kCode, SectionId::kCode},
    {Keyword::kData, SectionId::kData},
    {Keyword::kFirst, kSectionOrder[0]},
    {Keyword::kLast, kSectionOrder[std::size(kSectionOrder) - 1]},
};
constexpr SectionId kLastSection = kSectionOrder[std::size(kSectionOrder) - 1];

void Fail(TokenCursor& cursor, absl::string_view message) {
  cursor.Fail(absl::StrCat(kPrefix, message));
}

std::optional<SectionId> TakeSection(TokenCursor& cursor) {
  for (const SectionWord& word : kSectionWords) {
    if (cursor.TakeKeyword(word.keyword)) return word.id;
  }
  return std::nullopt;
}

// The section that comes before another; kCustom if it is the first.
SectionId SectionBefore(SectionId id) {
  const size_t place = PlaceOf(id);
  return place <= 1 ? SectionId::kCustom : kSectionOrder[place - 2];
}

// "(before section)" or "(after section)", as the section it comes after.
SectionId ParsePlace(TokenCursor& cursor) {
  if (!cursor.At(TokenKind::kLeftParen)) return kLastSection;
  const bool before = cursor.TakeGroup(Keyword::kBefore);
  if (!before && !cursor.TakeGroup(Keyword::kAfter)) {
    Fail(cursor, "malformed placement");
    return kLastSection;
  }
  const std::optional<SectionId> section = TakeSection(cursor);
  if (!section.has_value()) {
    Fail(cursor, "malformed section kind");
    return kLastSection;
  }
  if (!cursor.At(TokenKind::kRightParen)) Fail(cursor, "unexpected token");
  cursor.Advance();
  return before ? SectionBefore(*section) : *section;
}

}  // namespace

CustomSection ParseCustomAnnotation(TokenCursor& cursor, ByteWriter& bytes) {
  CustomSection section;
  cursor.TakeAnnotation(Annotation::kCustom);
  if (!cursor.At(TokenKind::kString)) {
    Fail(cursor, "missing section name");
    return section;
  }
  section.name = DecodeString(cursor.Text());
  if (!IsUtf8(section.name)) Fail(cursor, "malformed UTF-8 encoding");
  cursor.Advance();
  section.after_section = static_cast<uint8_t>(ParsePlace(cursor));
  section.payload.offset = static_cast<uint32_t>(bytes.size());
  while (cursor.At(TokenKind::kString)) {
    const std::string content = DecodeString(cursor.Text());
    bytes.Bytes(
        {reinterpret_cast<const uint8_t*>(content.data()), content.size()});
    cursor.Advance();
  }
  section.payload.size =
      static_cast<uint32_t>(bytes.size()) - section.payload.offset;
  if (!cursor.At(TokenKind::kRightParen)) Fail(cursor, "unexpected token");
  cursor.Advance();
  return section;
}

std::string PrintCustomAnnotation(const Module& module,
                                  const CustomSection& section) {
  std::string place = "(before first)";
  for (const SectionWord& word : kSectionWords) {
    if (static_cast<uint8_t>(word.id) == section.after_section) {
      place = absl::StrCat("(after ", ToString(word.keyword), ")");
      break;
    }
  }
  return absl::StrCat("(@custom ", QuoteString(section.name), " ", place, " ",
                      QuoteString(module.Text(section.payload)), ")");
}

}  // namespace wasijit::compiler
