#include "compiler/text/field_parser.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"

namespace wasijit::compiler {

void FieldParser::ParseField() {
  if (cursor_.AtGroup(Keyword::kType) || cursor_.AtGroup(Keyword::kRec)) {
    // Parsed with the declarations.
    return cursor_.SkipGroup();
  }
  if (cursor_.TakeGroup(Keyword::kFunc)) {
    ParseFunction();
  } else if (cursor_.TakeGroup(Keyword::kImport)) {
    ParseImport();
  } else if (cursor_.TakeGroup(Keyword::kTable)) {
    ParseTable();
  } else if (cursor_.TakeGroup(Keyword::kMemory)) {
    ParseMemory();
  } else if (cursor_.TakeGroup(Keyword::kGlobal)) {
    ParseGlobal();
  } else if (cursor_.TakeGroup(Keyword::kTag)) {
    ParseTag();
  } else if (cursor_.TakeGroup(Keyword::kExport)) {
    ParseExport();
  } else if (cursor_.TakeGroup(Keyword::kStart)) {
    ParseStart();
  } else if (cursor_.TakeGroup(Keyword::kElem)) {
    ParseElements();
  } else if (cursor_.TakeGroup(Keyword::kData)) {
    ParseData();
  } else {
    return cursor_.FailUnexpected("a module field");
  }
  cursor_.ExpectRightParen();
}

// Imports.

void FieldParser::ParseImport() {
  std::string module = cursor_.ExpectName();
  std::string name = cursor_.ExpectName();
  const ExternType type = ParseExternType();
  AddImport(std::move(module), std::move(name), type);
}

ExternType FieldParser::ParseExternType() {
  ExternType type;
  const auto parse = [&](ExternKind kind) {
    context_.TakeBoundName();
    type = ParseInlineExternType(kind);
    cursor_.ExpectRightParen();
  };
  if (cursor_.TakeGroup(Keyword::kFunc)) {
    parse(ExternKind::kFunction);
  } else if (cursor_.TakeGroup(Keyword::kTable)) {
    parse(ExternKind::kTable);
  } else if (cursor_.TakeGroup(Keyword::kMemory)) {
    parse(ExternKind::kMemory);
  } else if (cursor_.TakeGroup(Keyword::kGlobal)) {
    parse(ExternKind::kGlobal);
  } else if (cursor_.TakeGroup(Keyword::kTag)) {
    parse(ExternKind::kTag);
  } else {
    cursor_.FailUnexpected("an external type");
  }
  return type;
}

ExternType FieldParser::ParseInlineExternType(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunction:
      return ParseFunctionExternType();
    case ExternKind::kTable:
      return ParseTableType(context_, TakeAddressType64(context_));
    case ExternKind::kMemory:
      return ParseMemoryType(context_, TakeAddressType64(context_));
    case ExternKind::kGlobal:
      return ParseGlobalType(context_);
    case ExternKind::kTag: {
      std::vector<NamedLocal> names;
      return TagType{ParseTypeUse(context_, &names).type};
    }
  }
}

FunctionExternType FieldParser::ParseFunctionExternType() {
  // Parameters may be named, but nothing can refer to them.
  std::vector<NamedLocal> names;
  FunctionExternType type;
  type.exact = cursor_.TakeGroup(Keyword::kExact);
  type.type = ParseTypeUse(context_, &names).type;
  if (type.exact) cursor_.ExpectRightParen();
  return type;
}

void FieldParser::AddImport(std::string module, std::string name,
                            const ExternType& type) {
  switch (KindOf(type)) {
    case ExternKind::kFunction:
      module_.functions.push_back(
          {std::get<FunctionExternType>(type).type, {}});
      ++module_.num_imported_functions;
      break;
    case ExternKind::kTable:
      module_.tables.push_back({std::get<TableType>(type), {}});
      ++module_.num_imported_tables;
      break;
    case ExternKind::kMemory:
      module_.memories.push_back(std::get<MemoryType>(type));
      ++module_.num_imported_memories;
      break;
    case ExternKind::kGlobal:
      module_.globals.push_back({std::get<GlobalType>(type), {}});
      ++module_.num_imported_globals;
      break;
    case ExternKind::kTag:
      module_.tags.push_back(std::get<TagType>(type));
      ++module_.num_imported_tags;
      break;
  }
  module_.imports.push_back({std::move(module), std::move(name), type});
}

bool FieldParser::ParseInlineImport(ExternKind kind, uint32_t index) {
  context_.TakeBoundName();
  while (cursor_.TakeGroup(Keyword::kExport)) {
    module_.exports.push_back({cursor_.ExpectName(), kind, index});
    cursor_.ExpectRightParen();
  }
  if (!cursor_.TakeGroup(Keyword::kImport)) return false;
  std::string module = cursor_.ExpectName();
  std::string name = cursor_.ExpectName();
  cursor_.ExpectRightParen();
  const ExternType type = ParseInlineExternType(kind);
  AddImport(std::move(module), std::move(name), type);
  return true;
}

// Functions.

void FieldParser::ParseFunction() {
  const auto index = static_cast<uint32_t>(module_.functions.size());
  if (ParseInlineImport(ExternKind::kFunction, index)) return;
  std::vector<NamedLocal> names;
  const TypeUse use = ParseTypeUse(context_, &names);
  const auto param_count = static_cast<uint32_t>(use.signature.params.size());
  expressions_.scope().locals.Clear();
  expressions_.scope().locals.Add(param_count);

  const size_t begin = context_.bytes.size();
  NameMap local_names;
  BindLocals(0, names, local_names);
  std::vector<NamedLocal> locals;
  ParseLocals(locals);
  BindLocals(param_count, locals, local_names);
  expressions_.ParseFunctionBody(begin);

  module_.functions.push_back(
      {use.type,
       {static_cast<uint32_t>(begin),
        static_cast<uint32_t>(context_.bytes.size() - begin)}});
  if (!local_names.empty()) {
    context_.names.locals.emplace_back(index, std::move(local_names));
  }
  if (NameMap labels = expressions_.TakeLabelNames(); !labels.empty()) {
    context_.names.labels.emplace_back(index, std::move(labels));
  }
  if (std::vector<BranchHint> hints = expressions_.TakeBranchHints();
      !hints.empty()) {
    context_.branch_hints.push_back({index, std::move(hints)});
  }
}

// "(local ...)*": writes the declarations, equal neighbours as one group.
void FieldParser::ParseLocals(std::vector<NamedLocal>& names) {
  std::vector<ValueType> types;
  while (cursor_.TakeGroup(Keyword::kLocal)) {
    ParseNamedTypes(context_, types, &names, ParseValueType);
  }
  std::vector<LocalGroup> groups;
  for (ValueType type : types) {
    if (groups.empty() || groups.back().type != type) {
      groups.push_back({0, type});
    }
    ++groups.back().count;
  }
  if (cursor_.ok()) WriteLocals(groups, context_.bytes);
  expressions_.scope().locals.Add(static_cast<uint32_t>(types.size()));
}

void FieldParser::BindLocals(uint32_t first,
                             const std::vector<NamedLocal>& locals,
                             NameMap& names) {
  for (const NamedLocal& local : locals) {
    const uint32_t index = first + local.index;
    if (!local.name.id.empty() &&
        !expressions_.scope().locals.Bind(local.name.id, index)) {
      const Token& place = cursor_.sequence().tokens[local.name.token];
      return cursor_.FailAt(
          place,
          absl::StrCat("duplicate local ", cursor_.sequence().Text(place)));
    }
    context_.AddName(index, local.name, names);
  }
}

// Tables, memories, globals, tags.

void FieldParser::ParseTable() {
  const auto index = static_cast<uint32_t>(module_.tables.size());
  if (ParseInlineImport(ExternKind::kTable, index)) return;
  const bool is64 = TakeAddressType64(context_);
  if (!cursor_.At(TokenKind::kNat)) return ParseTableWithElements(index, is64);
  ModuleTable table;
  table.type = ParseTableType(context_, is64);
  if (!cursor_.AtGroupEnd()) table.init = expressions_.ParseConstExpr();
  module_.tables.push_back(table);
}

// "(table reftype (elem ...))": as large as its contents.
void FieldParser::ParseTableWithElements(uint32_t index, bool is64) {
  ElementSegment segment;
  segment.mode = SegmentMode::kActive;
  segment.table = index;
  segment.offset = ZeroOffset(is64);
  const ValueType type = ParseReferenceType(context_);
  segment.type = type;
  cursor_.ExpectGroup(Keyword::kElem);
  if (!cursor_.AtIndex()) {
    segment.items = ParseElementExpressions();
  } else if (type.heap_type().Is(AbstractHeapType::kFunc)) {
    segment.type = ValueType::Ref(AbstractHeapType::kFunc, /*nullable=*/false);
    segment.items = ParseFunctionIndices();
  } else {
    // Lists of function indices have the type (ref func).
    std::vector<ConstExpr> items;
    for (uint32_t function : ParseFunctionIndices()) {
      items.push_back(FunctionReference(function));
    }
    segment.items = std::move(items);
  }
  cursor_.ExpectRightParen();
  const uint64_t size = segment.ItemCount();
  module_.tables.push_back(
      {TableType{type, {.min = size, .max = size, .is64 = is64}}, {}});
  module_.elements.push_back(std::move(segment));
}

void FieldParser::ParseMemory() {
  const auto index = static_cast<uint32_t>(module_.memories.size());
  if (ParseInlineImport(ExternKind::kMemory, index)) return;
  const bool is64 = TakeAddressType64(context_);
  if (cursor_.At(TokenKind::kNat)) {
    module_.memories.push_back(ParseMemoryType(context_, is64));
    return;
  }
  MemoryType type;
  type.limits.is64 = is64;
  type.page_size_log2 = TakePageSizeLog2(context_);
  ParseMemoryWithData(index, type);
}

// "(memory (data ...))": as many pages as the contents need.
void FieldParser::ParseMemoryWithData(uint32_t index, MemoryType type) {
  DataSegment segment;
  segment.mode = SegmentMode::kActive;
  segment.memory = index;
  segment.offset = ZeroOffset(type.limits.is64);
  if (!cursor_.TakeGroup(Keyword::kData)) {
    return cursor_.FailUnexpected("limits or (data ...)");
  }
  segment.bytes = ParseDataStrings();
  cursor_.ExpectRightParen();
  const uint64_t page_size = type.PageSize();
  type.limits.min = (segment.bytes.size + page_size - 1) / page_size;
  type.limits.max = type.limits.min;
  module_.memories.push_back(type);
  module_.data.push_back(segment);
}

void FieldParser::ParseGlobal() {
  const auto index = static_cast<uint32_t>(module_.globals.size());
  if (ParseInlineImport(ExternKind::kGlobal, index)) return;
  ModuleGlobal global;
  global.type = ParseGlobalType(context_);
  global.init = expressions_.ParseConstExpr();
  module_.globals.push_back(global);
}

void FieldParser::ParseTag() {
  const auto index = static_cast<uint32_t>(module_.tags.size());
  if (ParseInlineImport(ExternKind::kTag, index)) return;
  module_.tags.push_back(
      std::get<TagType>(ParseInlineExternType(ExternKind::kTag)));
}

// Exports and the start function.

void FieldParser::ParseExport() {
  Export exported;
  exported.name = cursor_.ExpectName();
  const auto parse = [&](Keyword keyword, const IndexSpace& space,
                         ExternKind kind) {
    if (!cursor_.AtGroup(keyword)) return false;
    exported.kind = kind;
    exported.index = context_.ExpectIndexGroup(keyword, space);
    return true;
  };
  if (!parse(Keyword::kFunc, context_.functions, ExternKind::kFunction) &&
      !parse(Keyword::kTable, context_.tables, ExternKind::kTable) &&
      !parse(Keyword::kMemory, context_.memories, ExternKind::kMemory) &&
      !parse(Keyword::kGlobal, context_.globals, ExternKind::kGlobal) &&
      !parse(Keyword::kTag, context_.tags, ExternKind::kTag)) {
    cursor_.FailUnexpected("what is exported, such as (func 0)");
  }
  module_.exports.push_back(std::move(exported));
}

void FieldParser::ParseStart() {
  if (module_.start.has_value()) cursor_.Fail("multiple start sections");
  module_.start = context_.ExpectIndex(context_.functions);
}

// Segments.

ConstExpr FieldParser::ZeroOffset(bool is64) {
  Instruction zero;
  zero.opcode = is64 ? Opcode::kI64Const : Opcode::kI32Const;
  return WriteConstant(zero);
}

ConstExpr FieldParser::FunctionReference(uint32_t function) {
  Instruction reference;
  reference.opcode = Opcode::kRefFunc;
  reference.index = function;
  return WriteConstant(reference);
}

ConstExpr FieldParser::WriteConstant(const Instruction& instruction) {
  const size_t begin = context_.bytes.size();
  WriteInstruction(instruction, context_.bytes);
  Instruction end;
  end.opcode = Opcode::kEnd;
  WriteInstruction(end, context_.bytes);
  return {{static_cast<uint32_t>(begin),
           static_cast<uint32_t>(context_.bytes.size() - begin)}};
}

ConstExpr FieldParser::ParseOffset() {
  if (!cursor_.TakeGroup(Keyword::kOffset)) {
    return expressions_.ParseFoldedConstExpr();
  }
  const ConstExpr offset = expressions_.ParseConstExpr();
  cursor_.ExpectRightParen();
  return offset;
}

void FieldParser::ParseElements() {
  ElementSegment segment;
  context_.TakeBoundName();
  if (cursor_.TakeKeyword(Keyword::kDeclare)) {
    segment.mode = SegmentMode::kDeclarative;
  } else if (cursor_.AtGroup(Keyword::kTable)) {
    segment.mode = SegmentMode::kActive;
    segment.table = context_.ExpectIndexGroup(Keyword::kTable, context_.tables);
  } else if (cursor_.AtIndex()) {
    // The table without parentheses, as first specified.
    segment.mode = SegmentMode::kActive;
    segment.table = context_.ExpectIndex(context_.tables);
  } else if (cursor_.At(TokenKind::kLeftParen) &&
             !cursor_.AtGroup(Keyword::kRef)) {
    segment.mode = SegmentMode::kActive;
  }
  if (segment.mode == SegmentMode::kActive) segment.offset = ParseOffset();
  ParseElementList(segment);
  module_.elements.push_back(std::move(segment));
}

void FieldParser::ParseElementList(ElementSegment& segment) {
  const bool has_keyword = cursor_.TakeKeyword(Keyword::kFunc);
  // Of active segments the keyword may be left out.
  const bool is_bare = segment.mode == SegmentMode::kActive &&
                       (cursor_.AtIndex() || cursor_.AtGroupEnd());
  if (has_keyword || is_bare) {
    segment.type = ValueType::Ref(AbstractHeapType::kFunc, /*nullable=*/false);
    segment.items = ParseFunctionIndices();
  } else {
    segment.type = ParseReferenceType(context_);
    segment.items = ParseElementExpressions();
  }
}

std::vector<uint32_t> FieldParser::ParseFunctionIndices() {
  std::vector<uint32_t> functions;
  while (!cursor_.AtGroupEnd()) {
    functions.push_back(context_.ExpectIndex(context_.functions));
  }
  return functions;
}

std::vector<ConstExpr> FieldParser::ParseElementExpressions() {
  std::vector<ConstExpr> items;
  while (!cursor_.AtGroupEnd()) {
    if (cursor_.TakeGroup(Keyword::kItem)) {
      items.push_back(expressions_.ParseConstExpr());
      cursor_.ExpectRightParen();
    } else {
      items.push_back(expressions_.ParseFoldedConstExpr());
    }
  }
  return items;
}

void FieldParser::ParseData() {
  DataSegment segment;
  context_.TakeBoundName();
  if (cursor_.AtGroup(Keyword::kMemory)) {
    segment.mode = SegmentMode::kActive;
    segment.memory =
        context_.ExpectIndexGroup(Keyword::kMemory, context_.memories);
  } else if (cursor_.AtIndex()) {
    // The memory without parentheses, as first specified.
    segment.mode = SegmentMode::kActive;
    segment.memory = context_.ExpectIndex(context_.memories);
  } else if (cursor_.At(TokenKind::kLeftParen)) {
    segment.mode = SegmentMode::kActive;
  }
  if (segment.mode == SegmentMode::kActive) segment.offset = ParseOffset();
  segment.bytes = ParseDataStrings();
  module_.data.push_back(segment);
}

ByteRange FieldParser::ParseDataStrings() {
  const size_t begin = context_.bytes.size();
  while (!cursor_.AtGroupEnd()) {
    const std::string bytes = cursor_.ExpectString();
    context_.bytes.Bytes(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  }
  return {static_cast<uint32_t>(begin),
          static_cast<uint32_t>(context_.bytes.size() - begin)};
}

}  // namespace wasijit::compiler
