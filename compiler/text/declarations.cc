#include "compiler/text/declarations.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/text/type_parser.h"

namespace wasijit::compiler {
namespace {

class DeclarationParser {
 public:
  explicit DeclarationParser(ParserContext& context)
      : context_(context), cursor_(context.cursor) {}

  void Run();

 private:
  // A kind of thing that may be imported.
  struct Space {
    IndexSpace& indices;
    NameMap& names;
  };

  // A "type" or "rec" field.
  struct TypeField {
    // Behind the field's keyword.
    uint32_t token;
    uint32_t first;
    bool is_rec;
  };

  void DeclareField();
  std::optional<Space> FindSpace(absl::string_view keyword);
  void DeclareType();
  void DeclareRecursionGroup();
  void DeclareImport();
  void DeclareMember(const Space& space);
  void DeclareInlineSegment(const Space& space, uint32_t field);
  bool HasChild(uint32_t group, Keyword keyword) const;
  void ParseTypes();

  ParserContext& context_;
  TokenCursor& cursor_;
  std::vector<TypeField> types_;
  // What the first definition defines, after which there may be no imports.
  absl::string_view first_definition_;
};

void DeclarationParser::Run() {
  const uint32_t begin = cursor_.index();
  while (!cursor_.AtEnd()) {
    const uint32_t field = cursor_.index();
    const Token& token = cursor_.Peek();
    if (!token.IsOpening()) {
      cursor_.FailUnexpected("a module field");
    } else if (token.kind() == TokenKind::kLeftParen) {
      DeclareField();
    }
    cursor_.Seek(field);
    if (cursor_.ok()) cursor_.SkipGroup();
  }
  ParseTypes();
  cursor_.Seek(begin);
}

std::optional<DeclarationParser::Space> DeclarationParser::FindSpace(
    absl::string_view keyword) {
  NameSection& names = context_.names;
  switch (FindKeyword(keyword).value_or(Keyword::kModule)) {
    case Keyword::kFunc:
      return Space{context_.functions, names.functions};
    case Keyword::kTable:
      return Space{context_.tables, names.tables};
    case Keyword::kMemory:
      return Space{context_.memories, names.memories};
    case Keyword::kGlobal:
      return Space{context_.globals, names.globals};
    case Keyword::kTag:
      return Space{context_.tags, names.tags};
    default:
      return std::nullopt;
  }
}

void DeclarationParser::DeclareField() {
  const uint32_t field = cursor_.index();
  if (cursor_.TakeGroup(Keyword::kType)) {
    types_.push_back({cursor_.index(), context_.types.size(), false});
    DeclareType();
  } else if (cursor_.TakeGroup(Keyword::kRec)) {
    DeclareRecursionGroup();
  } else if (cursor_.TakeGroup(Keyword::kImport)) {
    DeclareImport();
  } else if (cursor_.TakeGroup(Keyword::kElem)) {
    context_.Bind(context_.elements, context_.TakeBoundName(),
                  context_.names.elements);
  } else if (cursor_.TakeGroup(Keyword::kData)) {
    context_.Bind(context_.data, context_.TakeBoundName(), context_.names.data);
  } else if (std::optional<Space> space = FindSpace(cursor_.NextText())) {
    cursor_.Advance();
    cursor_.Advance();
    DeclareMember(*space);
    DeclareInlineSegment(*space, field);
  } else if (!cursor_.AtGroup(Keyword::kExport) &&
             !cursor_.AtGroup(Keyword::kStart)) {
    if (cursor_.PeekNext().kind() != TokenKind::kKeyword) cursor_.Advance();
    cursor_.FailUnexpected("a module field");
  }
}

void DeclarationParser::DeclareType() {
  context_.Bind(context_.types, context_.TakeBoundName(), context_.names.types);
}

void DeclarationParser::DeclareRecursionGroup() {
  types_.push_back({cursor_.index(), context_.types.size(), true});
  while (cursor_.AtGroup(Keyword::kType)) {
    const uint32_t type = cursor_.index();
    cursor_.TakeGroup(Keyword::kType);
    DeclareType();
    cursor_.Seek(type);
    if (cursor_.ok()) cursor_.SkipGroup();
  }
}

void DeclarationParser::DeclareImport() {
  if (!first_definition_.empty()) {
    cursor_.Fail(absl::StrCat("import after ", first_definition_));
  }
  cursor_.ExpectString();
  cursor_.ExpectString();
  const std::optional<Space> space = cursor_.At(TokenKind::kLeftParen)
                                         ? FindSpace(cursor_.NextText())
                                         : std::nullopt;
  if (!space.has_value()) return cursor_.FailUnexpected("an external type");
  cursor_.Advance();
  cursor_.Advance();
  context_.Bind(space->indices, context_.TakeBoundName(), space->names);
}

void DeclarationParser::DeclareMember(const Space& space) {
  context_.Bind(space.indices, context_.TakeBoundName(), space.names);
  while (cursor_.AtGroup(Keyword::kExport)) cursor_.SkipGroup();
  if (!cursor_.AtGroup(Keyword::kImport)) {
    if (first_definition_.empty()) first_definition_ = space.indices.noun();
  } else if (!first_definition_.empty()) {
    cursor_.Fail(absl::StrCat("import after ", first_definition_));
  }
}

// A table or memory given by its contents has a segment without a name.
void DeclarationParser::DeclareInlineSegment(const Space& space,
                                             uint32_t field) {
  if (&space.indices == &context_.tables && HasChild(field, Keyword::kElem)) {
    context_.elements.Add();
  } else if (&space.indices == &context_.memories &&
             HasChild(field, Keyword::kData)) {
    context_.data.Add();
  }
}

// Whether a group directly contains "(keyword".
bool DeclarationParser::HasChild(uint32_t group, Keyword keyword) const {
  const TokenSequence& sequence = cursor_.sequence();
  const std::vector<Token>& tokens = sequence.tokens;
  const uint32_t end = tokens[group].partner();
  for (uint32_t i = group + 1; i < end; ++i) {
    if (!tokens[i].IsOpening()) continue;
    if (tokens[i + 1].kind() == TokenKind::kKeyword &&
        sequence.Text(tokens[i + 1]) == ToString(keyword)) {
      return true;
    }
    i = tokens[i].partner();
  }
  return false;
}

void DeclarationParser::ParseTypes() {
  for (const TypeField& field : types_) {
    if (!cursor_.ok()) return;
    cursor_.Seek(field.token);
    if (field.is_rec) {
      ParseRecField(context_, field.first);
    } else {
      ParseTypeField(context_, field.first);
    }
  }
}

}  // namespace

void ParseDeclarations(ParserContext& context) {
  DeclarationParser(context).Run();
}

}  // namespace wasijit::compiler
