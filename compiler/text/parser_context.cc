#include "compiler/text/parser_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "compiler/text/string_literal.h"

namespace wasijit::compiler {

absl::string_view ParserContext::NameOfId(const Token& token) {
  const absl::string_view text = cursor.sequence().Text(token);
  std::string decoded;
  const absl::string_view name = DecodeId(text, decoded);
  if (decoded.empty()) return name;
  return id_storage.emplace_back(std::move(decoded));
}

ParserContext::BoundName ParserContext::TakeBoundName(absl::string_view noun) {
  BoundName result;
  if (cursor.At(TokenKind::kId)) {
    result.id = NameOfId(cursor.Peek());
    result.token = cursor.index();
    cursor.Advance();
  }
  while (cursor.AtAnnotation(Annotation::kName)) {
    if (result.annotated.has_value()) {
      cursor.Fail(absl::StrCat("@name annotation: multiple ", noun, "names"));
      break;
    }
    cursor.TakeAnnotation(Annotation::kName);
    if (!cursor.At(TokenKind::kString)) {
      cursor.Fail("@name annotation: string expected");
      break;
    }
    result.annotated = cursor.ExpectName();
    if (!cursor.At(TokenKind::kRightParen)) {
      cursor.Fail("@name annotation: unexpected token");
    }
    cursor.Advance();
  }
  return result;
}

uint32_t ParserContext::Bind(IndexSpace& space, const BoundName& name,
                             NameMap& map) {
  const uint32_t index = space.Add();
  if (!name.id.empty() && !space.Bind(name.id, index)) {
    cursor.FailAt(
        cursor.sequence().tokens[name.token],
        absl::StrCat("duplicate ", space.keyword(), " ", QuoteId(name.id)));
  }
  AddName(index, name, map);
  return index;
}

void ParserContext::AddName(uint32_t index, const BoundName& name,
                            NameMap& map) const {
  if (name.annotated.has_value()) {
    map.emplace_back(index, *name.annotated);
  } else if (collects_identifiers && !name.id.empty()) {
    map.emplace_back(index, name.id);
  }
}

uint32_t ParserContext::ExpectIndex(const IndexSpace& space) {
  if (!cursor.At(TokenKind::kId)) {
    if (!cursor.At(TokenKind::kNat)) {
      cursor.FailUnexpected(absl::StrCat("a ", space.noun(), " index"));
    }
    return static_cast<uint32_t>(cursor.ExpectUnsigned(32));
  }
  std::string decoded;
  const std::optional<uint32_t> index =
      space.Find(DecodeId(cursor.Text(), decoded));
  if (!index.has_value()) {
    FailUnknown(space.noun());
    return 0;
  }
  cursor.Advance();
  return *index;
}

uint32_t ParserContext::ExpectIndexGroup(Keyword keyword,
                                         const IndexSpace& space) {
  cursor.ExpectGroup(keyword);
  const uint32_t index = ExpectIndex(space);
  cursor.ExpectRightParen();
  return index;
}

void ParserContext::FailUnknown(absl::string_view noun) {
  cursor.Fail(absl::StrCat("unknown ", noun, " ", cursor.Text()));
}

}  // namespace wasijit::compiler
