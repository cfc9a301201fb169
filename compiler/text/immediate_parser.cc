#include "compiler/text/immediate_parser.h"

#include <bit>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "compiler/text/lane_shape.h"
#include "compiler/text/number_parser.h"
#include "compiler/text/string_literal.h"
#include "compiler/text/type_parser.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kOffset = "offset=";
constexpr absl::string_view kAlign = "align=";

bool AtNumber(const TokenCursor& cursor) {
  return cursor.At(TokenKind::kNat) || cursor.At(TokenKind::kInt) ||
         cursor.At(TokenKind::kFloat);
}

bool IsIndex(const Token& token) {
  return token.kind() == TokenKind::kNat || token.kind() == TokenKind::kId;
}

// The constant in a number token; nothing if it is out of range.
std::optional<uint64_t> NumberBits(const TokenCursor& cursor,
                                   ImmediateKind kind, int bits) {
  const absl::string_view text = cursor.Text();
  switch (kind) {
    case ImmediateKind::kF32:
      return ParseF32(text);
    case ImmediateKind::kF64:
      return ParseF64(text);
    default:
      if (cursor.At(TokenKind::kFloat)) return std::nullopt;
      return ParseInteger(text, bits);
  }
}

uint32_t TakeIndexOr0(ParserContext& context, const IndexSpace& space) {
  return context.cursor.AtIndex() ? context.ExpectIndex(space) : 0;
}

// Two indices, or none for 0 and 0.
void ParseIndexPair(ParserContext& context, const IndexSpace& space,
                    Instruction& instruction) {
  instruction.index = instruction.index2 = 0;
  if (!context.cursor.AtIndex()) return;
  instruction.index = context.ExpectIndex(space);
  instruction.index2 = context.ExpectIndex(space);
}

// "memory.init $memory? $data" and "table.init $table? $elem".
void ParseInit(ParserContext& context, const IndexSpace& target,
               const IndexSpace& segments, Instruction& instruction) {
  const bool has_target =
      context.cursor.AtIndex() && IsIndex(context.cursor.PeekNext());
  instruction.index2 = has_target ? context.ExpectIndex(target) : 0;
  instruction.index = context.ExpectIndex(segments);
}

// "offset=8", with the keyword as the prefix; nothing if it is not there.
std::optional<uint64_t> TakeAssignment(TokenCursor& cursor,
                                       absl::string_view prefix) {
  absl::string_view text = cursor.Text();
  if (!cursor.At(TokenKind::kKeyword) || !absl::ConsumePrefix(&text, prefix) ||
      ClassifyNumber(text) != NumberForm::kNat) {
    return std::nullopt;
  }
  const std::optional<uint64_t> value = ParseUnsigned(text, 64);
  if (!value.has_value()) {
    cursor.Fail("i64 constant out of range");
    return 0;
  }
  cursor.Advance();
  return value;
}

void ParseOffsetAndAlign(ParserContext& context, Instruction& instruction) {
  TokenCursor& cursor = context.cursor;
  MemArg& memarg = instruction.memarg;
  memarg.offset = TakeAssignment(cursor, kOffset).value_or(0);
  memarg.align_log2 = instruction.info().access_size_log2;
  const Token place = cursor.Peek();
  const std::optional<uint64_t> align = TakeAssignment(cursor, kAlign);
  if (!align.has_value()) return;
  if (!std::has_single_bit(*align)) {
    return cursor.FailAt(place, "alignment must be a power of two");
  }
  memarg.align_log2 = static_cast<uint8_t>(std::countr_zero(*align));
}

// Before a lane index, a number is the memory's index only if more follows.
bool AtMemoryBeforeLane(const TokenCursor& cursor) {
  if (cursor.At(TokenKind::kId)) return true;
  const bool more_follows = cursor.PeekNext().kind() == TokenKind::kNat ||
                            absl::StartsWith(cursor.NextText(), kOffset) ||
                            absl::StartsWith(cursor.NextText(), kAlign);
  return cursor.At(TokenKind::kNat) && more_follows;
}

void ParseMemArg(ParserContext& context, bool has_lane,
                 Instruction& instruction) {
  const bool has_memory =
      has_lane ? AtMemoryBeforeLane(context.cursor) : context.cursor.AtIndex();
  instruction.memarg.memory =
      has_memory ? context.ExpectIndex(context.memories) : 0;
  ParseOffsetAndAlign(context, instruction);
  if (has_lane) {
    instruction.lane = static_cast<uint8_t>(context.cursor.ExpectUnsigned(8));
  }
}

// Too few or too many lanes, unless the reason is a word that is no number.
void FailCount(TokenCursor& cursor, const Token& place,
               absl::string_view message) {
  if (cursor.At(TokenKind::kReserved) || cursor.At(TokenKind::kKeyword)) {
    if (!IsKnownWord(cursor.Text())) cursor.FailUnexpected("a number");
  }
  cursor.FailAt(place, message);
}

void ParseShuffle(TokenCursor& cursor, Instruction& instruction) {
  size_t count = 0;
  const Token place = cursor.Peek();
  for (; AtNumber(cursor); ++count, cursor.Advance()) {
    const std::optional<uint64_t> lane = cursor.At(TokenKind::kNat)
                                             ? ParseUnsigned(cursor.Text(), 8)
                                             : std::nullopt;
    if (!lane.has_value()) return cursor.Fail("i8 constant out of range");
    if (count < instruction.v128.bytes.size()) {
      instruction.v128.bytes[count] = static_cast<uint8_t>(*lane);
    }
  }
  if (count != instruction.v128.bytes.size()) {
    FailCount(cursor, place, "invalid lane length, expected 16 lane indices");
  }
}

void ParseSelect(ParserContext& context, Instruction& instruction) {
  if (!context.cursor.AtGroup(Keyword::kResult)) return;
  instruction.opcode = Opcode::kSelectTyped;
  instruction.types.clear();
  while (context.cursor.TakeGroup(Keyword::kResult)) {
    ParseNamedTypes(context, instruction.types, nullptr, ParseValueType);
  }
}

// Of two opcodes with the same keyword, the second takes nullable types.
void ParseHeapTypeImmediate(ParserContext& context, Instruction& instruction) {
  if (instruction.opcode == Opcode::kRefNull) {
    instruction.type =
        ValueType::Ref(ParseHeapType(context), /*nullable=*/true);
    return;
  }
  instruction.type = ParseReferenceType(context);
  if (instruction.type.IsRef() && instruction.type.IsNullable()) {
    instruction.opcode =
        static_cast<Opcode>(static_cast<uint16_t>(instruction.opcode) + 1);
  }
}

void ParseField(ParserContext& context, Instruction& instruction) {
  instruction.index = context.ExpectIndex(context.types);
  const auto fields = context.fields.find(instruction.index);
  static const IndexSpace kNoFields("field");
  instruction.index2 = context.ExpectIndex(
      fields == context.fields.end() ? kNoFields : fields->second);
}

void ParseCatches(ParserContext& context, const ExpressionScope& scope,
                  Instruction& instruction) {
  using Kind = CatchClause::Kind;
  TokenCursor& cursor = context.cursor;
  instruction.catches.clear();
  while (cursor.At(TokenKind::kLeftParen)) {
    CatchClause clause;
    if (cursor.AtGroup(Info(Opcode::kCatch).text)) {
      clause.kind = Kind::kCatch;
    } else if (cursor.AtGroup(Keyword::kCatchRef)) {
      clause.kind = Kind::kCatchRef;
    } else if (cursor.AtGroup(Info(Opcode::kCatchAll).text)) {
      clause.kind = Kind::kCatchAll;
    } else if (cursor.AtGroup(Keyword::kCatchAllRef)) {
      clause.kind = Kind::kCatchAllRef;
    } else {
      return;
    }
    cursor.Advance();
    cursor.Advance();
    if (clause.HasTag()) clause.tag = context.ExpectIndex(context.tags);
    clause.label = ParseLabel(context, scope);
    cursor.ExpectRightParen();
    instruction.catches.push_back(clause);
  }
}

void ParseBrTable(ParserContext& context, const ExpressionScope& scope,
                  Instruction& instruction) {
  instruction.labels.clear();
  do {
    instruction.labels.push_back(ParseLabel(context, scope));
  } while (context.cursor.AtIndex());
}

}  // namespace

uint32_t ParseLabel(ParserContext& context, const ExpressionScope& scope) {
  TokenCursor& cursor = context.cursor;
  if (!cursor.At(TokenKind::kId)) {
    if (!cursor.At(TokenKind::kNat)) cursor.FailUnexpected("a label");
    return static_cast<uint32_t>(cursor.ExpectUnsigned(32));
  }
  std::string decoded;
  const std::optional<uint32_t> label =
      scope.labels.Find(DecodeId(cursor.Text(), decoded));
  if (!label.has_value()) {
    context.FailUnknown("label");
    return 0;
  }
  cursor.Advance();
  return *label;
}

uint64_t ParseNumberConstant(TokenCursor& cursor, ImmediateKind kind,
                             int width) {
  if (!AtNumber(cursor)) {
    cursor.FailUnexpected("a number");
    return 0;
  }
  const std::optional<uint64_t> value = NumberBits(cursor, kind, width);
  if (!value.has_value()) {
    cursor.Fail(absl::StrCat("constant out of range: ", cursor.Text()));
    return 0;
  }
  cursor.Advance();
  return *value;
}

V128 ParseVectorConstant(TokenCursor& cursor) {
  V128 vector;
  const LaneShape* shape = ExpectLaneShape(cursor);
  if (shape == nullptr) return vector;
  // The number of lanes is looked at before their values.
  const Token place = cursor.Peek();
  const uint32_t first = cursor.index();
  size_t found = 0;
  for (; AtNumber(cursor); ++found) cursor.Advance();
  if (found != shape->LaneCount()) {
    FailCount(cursor, place,
              absl::StrCat("wrong number of lane literals, expected ",
                           shape->LaneCount(), ", found ", found));
    return vector;
  }
  cursor.Seek(first);
  const size_t lane_size = shape->width / 8;
  for (size_t lane = 0; lane < shape->LaneCount(); ++lane) {
    const uint64_t bits =
        ParseNumberConstant(cursor, shape->kind, shape->width);
    // Lane 0 lies in the first bytes, each lane little-endian.
    for (size_t byte = 0; byte < lane_size; ++byte) {
      vector.bytes[lane * lane_size + byte] =
          static_cast<uint8_t>(bits >> (8 * byte));
    }
  }
  return vector;
}

void ParseImmediate(ParserContext& context, const ExpressionScope& scope,
                    Instruction& instruction) {
  switch (instruction.info().immediate) {
    case ImmediateKind::kNone:
    case ImmediateKind::kAtomicFence:
      if (instruction.opcode == Opcode::kSelect) {
        ParseSelect(context, instruction);
      }
      return;
    case ImmediateKind::kSelect:
      return ParseSelect(context, instruction);
    case ImmediateKind::kBlock:
      instruction.block = ParseBlockType(context);
      return;
    case ImmediateKind::kTryTable:
      instruction.block = ParseBlockType(context);
      return ParseCatches(context, scope, instruction);
    case ImmediateKind::kLabel:
      instruction.index = ParseLabel(context, scope);
      return;
    case ImmediateKind::kBrTable:
      return ParseBrTable(context, scope, instruction);
    case ImmediateKind::kFunction:
      instruction.index = context.ExpectIndex(context.functions);
      return;
    case ImmediateKind::kCallIndirect:
      instruction.index2 = TakeIndexOr0(context, context.tables);
      instruction.index = ParseTypeUse(context, nullptr).type;
      return;
    case ImmediateKind::kType:
      instruction.index = context.ExpectIndex(context.types);
      return;
    case ImmediateKind::kLocal:
      instruction.index = context.ExpectIndex(scope.locals);
      return;
    case ImmediateKind::kGlobal:
      instruction.index = context.ExpectIndex(context.globals);
      return;
    case ImmediateKind::kTag:
      instruction.index = context.ExpectIndex(context.tags);
      return;
    case ImmediateKind::kTable:
      instruction.index = TakeIndexOr0(context, context.tables);
      return;
    case ImmediateKind::kTableTable:
      return ParseIndexPair(context, context.tables, instruction);
    case ImmediateKind::kTableInit:
      return ParseInit(context, context.tables, context.elements, instruction);
    case ImmediateKind::kElement:
      instruction.index = context.ExpectIndex(context.elements);
      return;
    case ImmediateKind::kMemory:
      instruction.index = TakeIndexOr0(context, context.memories);
      return;
    case ImmediateKind::kMemoryMemory:
      return ParseIndexPair(context, context.memories, instruction);
    case ImmediateKind::kMemoryInit:
      context.uses_data_count = true;
      return ParseInit(context, context.memories, context.data, instruction);
    case ImmediateKind::kData:
      context.uses_data_count = true;
      instruction.index = context.ExpectIndex(context.data);
      return;
    case ImmediateKind::kMemArg:
      return ParseMemArg(context, /*has_lane=*/false, instruction);
    case ImmediateKind::kMemArgLane:
      return ParseMemArg(context, /*has_lane=*/true, instruction);
    case ImmediateKind::kLane:
      instruction.lane = static_cast<uint8_t>(context.cursor.ExpectUnsigned(8));
      return;
    case ImmediateKind::kShuffle:
      return ParseShuffle(context.cursor, instruction);
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
      instruction.bits = ParseNumberConstant(
          context.cursor, instruction.info().immediate,
          instruction.info().immediate == ImmediateKind::kI64 ? 64 : 32);
      return;
    case ImmediateKind::kV128:
      instruction.v128 = ParseVectorConstant(context.cursor);
      return;
    case ImmediateKind::kHeapType:
      return ParseHeapTypeImmediate(context, instruction);
    case ImmediateKind::kBrOnCast:
      instruction.index = ParseLabel(context, scope);
      instruction.type = ParseReferenceType(context);
      instruction.type2 = ParseReferenceType(context);
      return;
    case ImmediateKind::kTypeField:
      return ParseField(context, instruction);
    case ImmediateKind::kTypeCount:
      instruction.index = context.ExpectIndex(context.types);
      instruction.index2 =
          static_cast<uint32_t>(context.cursor.ExpectUnsigned(32));
      return;
    case ImmediateKind::kTypeData:
      context.uses_data_count = true;
      instruction.index = context.ExpectIndex(context.types);
      instruction.index2 = context.ExpectIndex(context.data);
      return;
    case ImmediateKind::kTypeElement:
      instruction.index = context.ExpectIndex(context.types);
      instruction.index2 = context.ExpectIndex(context.elements);
      return;
    case ImmediateKind::kTypeType:
      instruction.index = context.ExpectIndex(context.types);
      instruction.index2 = context.ExpectIndex(context.types);
      return;
  }
}

}  // namespace wasijit::compiler
