#include "compiler/text/module_parser.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler/binary/branch_hints.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/binary/section.h"
#include "compiler/text/custom_annotation.h"
#include "compiler/text/declarations.h"
#include "compiler/text/field_parser.h"
#include "compiler/text/lexer.h"
#include "compiler/text/name_section.h"
#include "compiler/text/parser_context.h"
#include "compiler/text/text_error.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

// Second pass: fields and the annotations between them.
void ParseFields(ParserContext& context) {
  TokenCursor& cursor = context.cursor;
  FieldParser parser(context);
  while (!cursor.AtEnd()) {
    if (cursor.AtAnnotation(Annotation::kCustom)) {
      context.module.custom_sections.push_back(
          ParseCustomAnnotation(cursor, context.bytes));
    } else if (cursor.AtAnnotation(Annotation::kBranchHint)) {
      cursor.Fail(absl::StrCat("@", ToString(Annotation::kBranchHint),
                               " annotation: not in a function"));
    } else if (cursor.At(TokenKind::kAnnotation)) {
      cursor.FailUnexpected("a module field");
    } else {
      parser.ParseField();
    }
  }
}

void AddCustomSection(ParserContext& context, absl::string_view name,
                      SectionId after, const ByteWriter& content) {
  CustomSection section;
  section.name = std::string(name);
  section.after_section = static_cast<uint8_t>(after);
  section.payload = {static_cast<uint32_t>(context.bytes.size()),
                     static_cast<uint32_t>(content.size())};
  context.bytes.Bytes(content.bytes());
  context.module.custom_sections.push_back(std::move(section));
}

bool IsNameSection(const CustomSection& section) {
  return section.name == kNameSection;
}

// The bytes of the module in the context.
std::vector<uint8_t> Encode(ParserContext& context) {
  Module& module = context.module;
  if (context.uses_data_count) {
    module.data_count = static_cast<uint32_t>(module.data.size());
  }
  if (!context.branch_hints.empty()) {
    ByteWriter content;
    WriteBranchHints(context.branch_hints, content);
    AddCustomSection(context, ToString(Annotation::kBranchHint),
                     SectionId::kDataCount, content);
  }
  const bool has_name_section =
      std::any_of(module.custom_sections.begin(), module.custom_sections.end(),
                  IsNameSection);
  if (!has_name_section && !context.names.IsEmpty()) {
    ByteWriter content;
    WriteNameSection(context.names, content);
    AddCustomSection(context, kNameSection, SectionId::kData, content);
  }
  module.bytes =
      std::make_shared<const std::vector<uint8_t>>(context.bytes.Take());
  return EncodeBinary(module);
}

// All strings up to the end of the group, one after the other.
std::string ParseStrings(TokenCursor& cursor) {
  std::string bytes;
  while (!cursor.AtGroupEnd()) absl::StrAppend(&bytes, cursor.ExpectString());
  cursor.ExpectRightParen();
  return bytes;
}

absl::StatusOr<Module> DecodeText(absl::string_view bytes,
                                  const ParseOptions& options) {
  return DecodeModule(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()},
      options.features);
}

absl::StatusOr<Module> ParseWhole(absl::string_view source,
                                  const ParseOptions& options, bool may_quote) {
  ASSIGN_OR_RETURN(const TokenSequence sequence, Lex(source));
  TokenCursor cursor(sequence);
  const auto end = static_cast<uint32_t>(sequence.tokens.size() - 1);
  if (!cursor.AtGroup(Keyword::kModule)) {
    return ParseModuleFields(sequence, {0, end}, 0, options);
  }
  const uint32_t module = cursor.index();
  cursor.SkipGroup();
  if (cursor.ok() && !cursor.AtEnd()) cursor.FailUnexpected("end of text");
  RETURN_IF_ERROR(cursor.status());

  cursor.Seek(module);
  cursor.TakeGroup(Keyword::kModule);
  const uint32_t id = cursor.At(TokenKind::kId) ? cursor.index() : 0;
  if (id != 0) cursor.Advance();
  if (cursor.TakeKeyword(Keyword::kBinary)) {
    const std::string bytes = ParseStrings(cursor);
    RETURN_IF_ERROR(cursor.status());
    return DecodeText(bytes, options);
  }
  if (may_quote && cursor.TakeKeyword(Keyword::kQuote)) {
    const std::string text = ParseStrings(cursor);
    RETURN_IF_ERROR(cursor.status());
    ParseOptions quoted = options;
    quoted.places = nullptr;
    return ParseWhole(text, quoted, /*may_quote=*/false);
  }
  return ParseModuleFields(sequence, {cursor.index(), end - 1}, id, options);
}

}  // namespace

bool IsModuleText(absl::Span<const uint8_t> bytes) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()),
                               bytes.size());
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == absl::string_view::npos) return false;
  return text[begin] == '(' || absl::StartsWith(text.substr(begin), ";;");
}

absl::StatusOr<Module> ParseModule(absl::string_view source,
                                   const ParseOptions& options) {
  return ParseWhole(source, options, /*may_quote=*/true);
}

absl::StatusOr<Module> ParseModuleFields(const TokenSequence& sequence,
                                         TokenRange fields, uint32_t id,
                                         const ParseOptions& options) {
  TokenCursor cursor(sequence, fields);
  ParserContext context(cursor, options.identifiers, options.features);
  context.places = options.places;
  if (id != 0 && options.identifiers) {
    context.names.module = std::string(context.NameOfId(sequence.tokens[id]));
  }
  if (const ParserContext::BoundName name = context.TakeBoundName("module ");
      name.annotated.has_value()) {
    context.names.module = name.annotated;
  }
  ParseDeclarations(context);
  ParseFields(context);
  RETURN_IF_ERROR(cursor.status());
  return DecodeModule(
      std::make_shared<const std::vector<uint8_t>>(Encode(context)),
      options.features);
}

absl::Status WithPlaceInText(const absl::Status& error, uint32_t offset,
                             absl::string_view source, const Module& module,
                             const ParseOptions& options) {
  std::vector<InstructionPlace> places;
  ParseOptions placing = options;
  placing.places = &places;
  if (!ParseModule(source, placing).ok()) return error;
  for (const InstructionPlace& place : places) {
    if (module.functions[place.function].body.offset + place.offset != offset) {
      continue;
    }
    return absl::Status(
        error.code(),
        TextError(source, place.source, error.message()).message());
  }
  return error;
}

}  // namespace wasijit::compiler
