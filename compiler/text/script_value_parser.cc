#include "compiler/text/script_value_parser.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "compiler/syntax/features.h"
#include "compiler/syntax/instruction.h"
#include "compiler/text/immediate_parser.h"
#include "compiler/text/lane_shape.h"
#include "compiler/text/parser_context.h"
#include "compiler/text/type_parser.h"
#include "runtime/module/types.h"
#include "runtime/module/value.h"

namespace wasijit::compiler {
namespace {

struct NumberWord {
  Opcode opcode;
  ValueType type;
};
constexpr NumberWord kNumbers[] = {
    {Opcode::kI32Const, ValueType::I32()},
    {Opcode::kI64Const, ValueType::I64()},
    {Opcode::kF32Const, ValueType::F32()},
    {Opcode::kF64Const, ValueType::F64()},
};

// What results may refer to without saying which one.
struct ReferenceWord {
  absl::string_view text;
  AbstractHeapType type;
};
constexpr ReferenceWord kReferences[] = {
    {ToString(Keyword::kRefAny), AbstractHeapType::kAny},
    {ToString(Keyword::kRefStruct), AbstractHeapType::kStruct},
    {ToString(Keyword::kRefArray), AbstractHeapType::kArray},
    {ToString(Keyword::kRefExn), AbstractHeapType::kExn},
    {Info(Opcode::kRefEq).text, AbstractHeapType::kEq},
    {Info(Opcode::kRefI31).text, AbstractHeapType::kI31},
    {Info(Opcode::kRefFunc).text, AbstractHeapType::kFunc},
};

Value NumberValue(ValueType type, uint64_t bits) {
  switch (type.kind()) {
    case ValueType::Kind::kI32:
      return Value::I32(static_cast<int32_t>(bits));
    case ValueType::Kind::kI64:
      return Value::I64(static_cast<int64_t>(bits));
    case ValueType::Kind::kF32:
      return Value::F32Bits(static_cast<uint32_t>(bits));
    default:
      return Value::F64Bits(bits);
  }
}

// Behind "(op".
bool TakeGroup(TokenCursor& cursor, absl::string_view word) {
  if (!cursor.AtGroup(word)) return false;
  cursor.Advance();
  cursor.Advance();
  return true;
}

// The null reference of the heap type that may follow "(ref.null".
Value ParseNull(TokenCursor& cursor) {
  ParserContext context(cursor, /*identifiers=*/false, FeatureSet::All());
  const HeapType type = cursor.AtGroupEnd() ? HeapType(AbstractHeapType::kAny)
                                            : ParseHeapType(context);
  return Value::Default(ValueType::Ref(type, /*nullable=*/true));
}

NumberPattern ParseNumberPattern(TokenCursor& cursor, ImmediateKind kind,
                                 uint8_t width) {
  NumberPattern pattern;
  pattern.width = width;
  pattern.text = std::string(cursor.Text());
  if (cursor.TakeKeyword(Keyword::kNanCanonical)) {
    pattern.kind = NumberPattern::Kind::kCanonicalNan;
  } else if (cursor.TakeKeyword(Keyword::kNanArithmetic)) {
    pattern.kind = NumberPattern::Kind::kArithmeticNan;
  } else {
    pattern.bits = ParseNumberConstant(cursor, kind, width);
    return pattern;
  }
  if (kind != ImmediateKind::kF32 && kind != ImmediateKind::kF64) {
    cursor.Fail("unexpected token, expected an integer");
  }
  return pattern;
}

void ParseVectorPattern(TokenCursor& cursor, ResultPattern& pattern) {
  pattern.kind = ResultPattern::Kind::kVector;
  pattern.type = ValueType::V128();
  const LaneShape* shape = ExpectLaneShape(cursor);
  for (size_t lane = 0; shape != nullptr && lane < shape->LaneCount(); ++lane) {
    pattern.numbers.push_back(
        ParseNumberPattern(cursor, shape->kind, shape->width));
  }
}

bool TakeHostReference(TokenCursor& cursor, ResultPattern& pattern) {
  if (cursor.TakeGroup(Keyword::kRefHost)) {
    pattern.kind = ResultPattern::Kind::kHost;
    pattern.host = static_cast<uint32_t>(cursor.ExpectUnsigned(32));
    return true;
  }
  if (!cursor.TakeGroup(Keyword::kRefExtern)) return false;
  if (cursor.At(TokenKind::kNat)) {
    pattern.kind = ResultPattern::Kind::kExtern;
    pattern.host = static_cast<uint32_t>(cursor.ExpectUnsigned(32));
  } else {
    pattern.kind = ResultPattern::Kind::kReference;
    pattern.heap_type = AbstractHeapType::kExtern;
  }
  return true;
}

// One pattern that is no alternative, including its parentheses.
ResultPattern ParsePlainPattern(TokenCursor& cursor) {
  ResultPattern pattern;
  for (const NumberWord& word : kNumbers) {
    if (!TakeGroup(cursor, Info(word.opcode).text)) continue;
    pattern.type = word.type;
    const ImmediateKind kind = Info(word.opcode).immediate;
    const bool is_64 =
        kind == ImmediateKind::kI64 || kind == ImmediateKind::kF64;
    pattern.numbers.push_back(
        ParseNumberPattern(cursor, kind, is_64 ? 64 : 32));
    cursor.ExpectRightParen();
    return pattern;
  }
  if (TakeGroup(cursor, Info(Opcode::kV128Const).text)) {
    ParseVectorPattern(cursor, pattern);
  } else if (TakeGroup(cursor, Info(Opcode::kRefNull).text)) {
    pattern.kind = ResultPattern::Kind::kNull;
    pattern.type = ParseNull(cursor).type();
  } else if (!TakeHostReference(cursor, pattern)) {
    for (const ReferenceWord& word : kReferences) {
      if (!TakeGroup(cursor, word.text)) continue;
      pattern.kind = ResultPattern::Kind::kReference;
      pattern.heap_type = word.type;
      cursor.ExpectRightParen();
      return pattern;
    }
    cursor.FailUnexpected("a result such as (i32.const 0)");
  }
  cursor.ExpectRightParen();
  return pattern;
}

}  // namespace

ScriptArgument ParseScriptArgument(TokenCursor& cursor) {
  ScriptArgument argument;
  if (cursor.TakeGroup(Keyword::kRefExtern)) {
    argument.kind = ScriptArgument::Kind::kExtern;
    argument.host = static_cast<uint32_t>(cursor.ExpectUnsigned(32));
  } else if (cursor.TakeGroup(Keyword::kRefHost)) {
    argument.kind = ScriptArgument::Kind::kHost;
    argument.host = static_cast<uint32_t>(cursor.ExpectUnsigned(32));
  } else if (TakeGroup(cursor, Info(Opcode::kRefNull).text)) {
    argument.value = ParseNull(cursor);
  } else if (TakeGroup(cursor, Info(Opcode::kV128Const).text)) {
    argument.value = Value::Vector(ParseVectorConstant(cursor));
  } else {
    const Token place = cursor.Peek();
    ResultPattern pattern = ParsePlainPattern(cursor);
    if (!cursor.ok()) return argument;
    if (pattern.kind != ResultPattern::Kind::kNumber ||
        pattern.numbers[0].kind != NumberPattern::Kind::kBits) {
      cursor.FailAt(place, "unexpected token, expected a constant");
      return argument;
    }
    argument.value = NumberValue(pattern.type, pattern.numbers[0].bits);
    return argument;
  }
  cursor.ExpectRightParen();
  return argument;
}

ResultPattern ParseResultPattern(TokenCursor& cursor) {
  if (!cursor.TakeGroup(Keyword::kEither)) return ParsePlainPattern(cursor);
  ResultPattern pattern;
  pattern.kind = ResultPattern::Kind::kEither;
  while (!cursor.AtGroupEnd()) {
    pattern.alternatives.push_back(ParsePlainPattern(cursor));
  }
  cursor.ExpectRightParen();
  return pattern;
}

}  // namespace wasijit::compiler
