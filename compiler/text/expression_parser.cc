#include "compiler/text/expression_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"

namespace wasijit::compiler {

void ExpressionParser::Begin(size_t body_begin, bool in_function) {
  in_function_ = in_function;
  body_begin_ = body_begin;
  block_count_ = 0;
  label_names_.clear();
  hints_.clear();
}

void ExpressionParser::ParseFunctionBody(size_t body_begin) {
  Begin(body_begin, /*in_function=*/true);
  Run();
  WriteEnd();
}

ConstExpr ExpressionParser::ParseConstExpr() {
  const size_t begin = context_.bytes.size();
  Begin(begin, /*in_function=*/false);
  Run();
  WriteEnd();
  return {{static_cast<uint32_t>(begin),
           static_cast<uint32_t>(context_.bytes.size() - begin)}};
}

ConstExpr ExpressionParser::ParseFoldedConstExpr() {
  const size_t begin = context_.bytes.size();
  Begin(begin, /*in_function=*/false);
  if (cursor_.At(TokenKind::kLeftParen)) {
    do {
      Step();
    } while (!frames_.empty() && cursor_.ok());
  } else {
    cursor_.FailUnexpected("a folded instruction");
  }
  WriteEnd();
  return {{static_cast<uint32_t>(begin),
           static_cast<uint32_t>(context_.bytes.size() - begin)}};
}

void ExpressionParser::WriteEnd() {
  RefuseBranchHint();
  word_ = cursor_.index();
  WriteOpcode(Opcode::kEnd);
  if (cursor_.ok()) return;
  frames_.clear();
  scope_.labels.Clear();
  pending_.Truncate(0);
}

void ExpressionParser::Run() {
  while (cursor_.ok() && !(frames_.empty() && cursor_.AtGroupEnd())) Step();
}

// One instruction, one clause, or the end of one.
void ExpressionParser::Step() {
  word_ = cursor_.index() + (cursor_.At(TokenKind::kLeftParen) ? 1 : 0);
  if (cursor_.At(TokenKind::kRightParen)) {
    CloseGroup();
  } else if (cursor_.AtAnnotation(Annotation::kBranchHint)) {
    ParseBranchHint();
  } else if (cursor_.At(TokenKind::kLeftParen)) {
    OpenGroup();
  } else if (cursor_.At(TokenKind::kKeyword) && AcceptsInstructions()) {
    ParsePlainInstruction();
  } else {
    cursor_.FailUnexpected(AcceptsInstructions() ? "an instruction" : "\")\"");
  }
}

bool ExpressionParser::AcceptsInstructions() const {
  if (frames_.empty()) return true;
  switch (frames_.back().kind) {
    case FrameKind::kPlainBlock:
    case FrameKind::kPlainIf:
    case FrameKind::kPlainElse:
    case FrameKind::kPlainTry:
    case FrameKind::kPlainCatch:
    case FrameKind::kPlainCatchAll:
    case FrameKind::kBlock:
    case FrameKind::kThen:
    case FrameKind::kElse:
    case FrameKind::kDo:
    case FrameKind::kCatch:
    case FrameKind::kCatchAll:
      return true;
    default:
      return false;
  }
}

bool ExpressionParser::AcceptsOperands() const {
  return TopIs(FrameKind::kOperands) || TopIs(FrameKind::kIfCondition);
}

uint32_t ExpressionParser::TakeLabel() {
  if (!cursor_.At(TokenKind::kId)) return 0;
  const uint32_t label = cursor_.index();
  cursor_.Advance();
  return label;
}

void ExpressionParser::EnterBlock(uint32_t label) {
  if (label == 0) {
    scope_.labels.Push("");
  } else {
    const absl::string_view name =
        context_.NameOfId(cursor_.sequence().tokens[label]);
    scope_.labels.Push(name);
    if (context_.collects_identifiers) {
      label_names_.emplace_back(block_count_, name);
    }
  }
  ++block_count_;
}

void ExpressionParser::AddPlace(uint32_t word) {
  if (context_.places == nullptr || !in_function_) return;
  context_.places->push_back(
      {static_cast<uint32_t>(context_.module.functions.size()),
       static_cast<uint32_t>(context_.bytes.size() - body_begin_),
       cursor_.sequence().tokens[word].offset()});
}

void ExpressionParser::Write(const Instruction& instruction) {
  AddPlace(word_);
  WriteInstruction(instruction, context_.bytes);
}

void ExpressionParser::WriteOpcode(Opcode opcode) {
  instruction_.opcode = opcode;
  Write(instruction_);
}

void ExpressionParser::Postpone(FrameKind kind) {
  frames_.push_back({.kind = kind,
                     .pending = static_cast<uint32_t>(pending_.size()),
                     .word = word_});
  WriteInstruction(instruction_, pending_);
}

void ExpressionParser::WritePostponed() {
  AddPlace(frames_.back().word);
  const size_t begin = frames_.back().pending;
  context_.bytes.Bytes(absl::MakeConstSpan(pending_.bytes()).subspan(begin));
  pending_.Truncate(begin);
}

// Plain instructions.

void ExpressionParser::ParsePlainInstruction() {
  const std::optional<Opcode> opcode = OpcodeFromText(cursor_.Text());
  if (!opcode.has_value()) return cursor_.FailUnexpected("an instruction");
  instruction_.opcode = *opcode;
  const std::optional<uint8_t> hint = TakeBranchHint();
  switch (*opcode) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kIf:
    case Opcode::kTry:
    case Opcode::kTryTable:
      return OpenPlainBlock(hint);
    case Opcode::kElse:
      return ParsePlainElse();
    case Opcode::kCatch:
      return ParsePlainCatch();
    case Opcode::kCatchAll:
      return ParsePlainCatchAll();
    case Opcode::kDelegate:
      return ParsePlainDelegate();
    case Opcode::kEnd:
      return ParsePlainEnd();
    default:
      break;
  }
  cursor_.Advance();
  ParseImmediate(context_, scope_, instruction_);
  AddBranchHint(hint);
  Write(instruction_);
}

void ExpressionParser::OpenPlainBlock(std::optional<uint8_t> hint) {
  const FrameKind kind =
      instruction_.opcode == Opcode::kIf    ? FrameKind::kPlainIf
      : instruction_.opcode == Opcode::kTry ? FrameKind::kPlainTry
                                            : FrameKind::kPlainBlock;
  cursor_.Advance();
  const uint32_t label = TakeLabel();
  // Catch clauses are outside of the block: its label is not in scope yet.
  ParseImmediate(context_, scope_, instruction_);
  AddBranchHint(hint);
  Write(instruction_);
  EnterBlock(label);
  frames_.push_back({.kind = kind});
}

// After `end` and `else` the label may be repeated.
void ExpressionParser::CheckLabelRepetition() {
  cursor_.Advance();
  if (!cursor_.At(TokenKind::kId)) return;
  if (context_.NameOfId(cursor_.Peek()) != scope_.labels.innermost_name()) {
    return cursor_.Fail(absl::StrCat("mismatching label ", cursor_.Text()));
  }
  cursor_.Advance();
}

void ExpressionParser::ParsePlainElse() {
  if (!TopIs(FrameKind::kPlainIf)) {
    return cursor_.FailUnexpected("an instruction");
  }
  CheckLabelRepetition();
  WriteOpcode(Opcode::kElse);
  top() = FrameKind::kPlainElse;
}

void ExpressionParser::ParsePlainCatch() {
  if (!TopIs(FrameKind::kPlainTry) && !TopIs(FrameKind::kPlainCatch)) {
    return cursor_.FailUnexpected("an instruction");
  }
  cursor_.Advance();
  ParseImmediate(context_, scope_, instruction_);
  Write(instruction_);
  top() = FrameKind::kPlainCatch;
}

void ExpressionParser::ParsePlainCatchAll() {
  if (!TopIs(FrameKind::kPlainTry) && !TopIs(FrameKind::kPlainCatch)) {
    return cursor_.FailUnexpected("an instruction");
  }
  cursor_.Advance();
  Write(instruction_);
  top() = FrameKind::kPlainCatchAll;
}

// The label of `delegate` is looked up outside of the try block, which ends
// here.
void ExpressionParser::ParsePlainDelegate() {
  if (!TopIs(FrameKind::kPlainTry)) {
    return cursor_.FailUnexpected("an instruction");
  }
  cursor_.Advance();
  scope_.labels.Pop();
  ParseImmediate(context_, scope_, instruction_);
  Write(instruction_);
  PopFrame();
}

void ExpressionParser::ParsePlainEnd() {
  if (frames_.empty() || frames_.back().kind > FrameKind::kPlainCatchAll) {
    return cursor_.FailUnexpected("an instruction");
  }
  CheckLabelRepetition();
  WriteOpcode(Opcode::kEnd);
  scope_.labels.Pop();
  PopFrame();
}

// Folded instructions.

void ExpressionParser::OpenGroup() {
  if (OpenClause()) return RefuseBranchHint();
  if (AcceptsInstructions() || AcceptsOperands()) return OpenInstruction();
  cursor_.FailUnexpected("\")\"");
}

void ExpressionParser::OpenInstruction() {
  if (cursor_.PeekNext().kind() != TokenKind::kKeyword) {
    cursor_.Advance();
    return cursor_.FailUnexpected("an instruction");
  }
  const std::optional<Opcode> opcode = OpcodeFromText(cursor_.NextText());
  if (!opcode.has_value()) return cursor_.FailUnexpected("an instruction");
  instruction_.opcode = *opcode;
  const std::optional<uint8_t> hint = TakeBranchHint();
  switch (*opcode) {
    case Opcode::kBlock:
    case Opcode::kLoop:
    case Opcode::kTryTable:
    case Opcode::kTry:
      return OpenFoldedBlock();
    case Opcode::kIf:
      return OpenFoldedIf(hint);
    case Opcode::kElse:
    case Opcode::kCatch:
    case Opcode::kCatchAll:
    case Opcode::kDelegate:
    case Opcode::kEnd:
      return cursor_.FailUnexpected("an instruction");
    default:
      break;
  }
  cursor_.Advance();
  cursor_.Advance();
  ParseImmediate(context_, scope_, instruction_);
  if (cursor_.At(TokenKind::kRightParen)) {
    // Without operands there is nothing to wait for.
    cursor_.Advance();
    AddBranchHint(hint);
    return Write(instruction_);
  }
  Postpone(FrameKind::kOperands);
  frames_.back().hint = hint;
}

void ExpressionParser::OpenFoldedBlock() {
  cursor_.Advance();
  cursor_.Advance();
  const bool is_try = instruction_.opcode == Opcode::kTry;
  const uint32_t label = TakeLabel();
  ParseImmediate(context_, scope_, instruction_);
  Write(instruction_);
  EnterBlock(label);
  frames_.push_back({.kind = is_try ? FrameKind::kTry : FrameKind::kBlock});
}

// The condition comes first in the binary format, and does not see the label.
void ExpressionParser::OpenFoldedIf(std::optional<uint8_t> hint) {
  cursor_.Advance();
  cursor_.Advance();
  const uint32_t label = TakeLabel();
  ParseImmediate(context_, scope_, instruction_);
  Postpone(FrameKind::kIfCondition);
  frames_.back().label = label;
  frames_.back().hint = hint;
}

// "(then", "(else", "(do", "(catch", "(catch_all" or "(delegate" where the
// innermost instruction may have it; false if the cursor is at something else.
bool ExpressionParser::OpenClause() {
  if (frames_.empty()) return false;
  switch (top()) {
    case FrameKind::kIfCondition:
      if (!cursor_.TakeGroup(Keyword::kThen)) return false;
      OpenThen();
      return true;
    case FrameKind::kAfterThen:
      if (!cursor_.AtGroup(Info(Opcode::kElse).text)) return false;
      OpenCatch(Opcode::kElse, FrameKind::kElse);
      return true;
    case FrameKind::kTry:
      if (!cursor_.TakeGroup(Keyword::kDo)) return false;
      top() = FrameKind::kDo;
      return true;
    case FrameKind::kAfterDo:
      if (cursor_.AtGroup(Info(Opcode::kDelegate).text)) {
        ParseDelegate();
        return true;
      }
      [[fallthrough]];
    case FrameKind::kAfterCatch:
      if (cursor_.AtGroup(Info(Opcode::kCatch).text)) {
        OpenCatch(Opcode::kCatch, FrameKind::kCatch);
        return true;
      }
      if (cursor_.AtGroup(Info(Opcode::kCatchAll).text)) {
        OpenCatch(Opcode::kCatchAll, FrameKind::kCatchAll);
        return true;
      }
      return false;
    default:
      return false;
  }
}

void ExpressionParser::OpenThen() {
  const Frame& frame = frames_.back();
  AddBranchHint(frame.hint);
  WritePostponed();
  EnterBlock(frame.label);
  top() = FrameKind::kThen;
}

void ExpressionParser::OpenCatch(Opcode opcode, FrameKind kind) {
  cursor_.Advance();
  cursor_.Advance();
  instruction_.opcode = opcode;
  ParseImmediate(context_, scope_, instruction_);
  Write(instruction_);
  top() = kind;
}

void ExpressionParser::ParseDelegate() {
  cursor_.Advance();
  cursor_.Advance();
  scope_.labels.Pop();
  instruction_.opcode = Opcode::kDelegate;
  ParseImmediate(context_, scope_, instruction_);
  cursor_.ExpectRightParen();
  Write(instruction_);
  top() = FrameKind::kAfterDelegate;
}

void ExpressionParser::CloseGroup() {
  RefuseBranchHint();
  switch (top()) {
    case FrameKind::kOperands:
      AddBranchHint(frames_.back().hint);
      WritePostponed();
      PopFrame();
      break;
    case FrameKind::kBlock:
    case FrameKind::kAfterThen:
    case FrameKind::kAfterElse:
    case FrameKind::kAfterDo:
    case FrameKind::kAfterCatch:
    case FrameKind::kAfterCatchAll:
      WriteOpcode(Opcode::kEnd);
      scope_.labels.Pop();
      PopFrame();
      break;
    case FrameKind::kAfterDelegate:
      PopFrame();
      break;
    case FrameKind::kThen:
      top() = FrameKind::kAfterThen;
      break;
    case FrameKind::kElse:
      top() = FrameKind::kAfterElse;
      break;
    case FrameKind::kDo:
      top() = FrameKind::kAfterDo;
      break;
    case FrameKind::kCatch:
      top() = FrameKind::kAfterCatch;
      break;
    case FrameKind::kCatchAll:
      top() = FrameKind::kAfterCatchAll;
      break;
    case FrameKind::kIfCondition:
      return cursor_.FailUnexpected("(then ...)");
    case FrameKind::kTry:
      return cursor_.FailUnexpected("(do ...)");
    default:
      return cursor_.FailUnexpected("an instruction");
  }
  cursor_.Advance();
}

// Branch hints (branch hinting proposal): before `if` and `br_if`.

void ExpressionParser::ParseBranchHint() {
  const std::string prefix =
      absl::StrCat("@", ToString(Annotation::kBranchHint), " annotation: ");
  if (!in_function_) return cursor_.Fail(prefix + "not in a function");
  if (next_hint_.has_value()) {
    return cursor_.Fail(prefix + "duplicate annotation");
  }
  cursor_.TakeAnnotation(Annotation::kBranchHint);
  const std::string value = cursor_.ExpectString();
  if (value.size() != 1 || static_cast<uint8_t>(value[0]) > 1) {
    return cursor_.Fail(prefix + "must be \"\\00\" or \"\\01\"");
  }
  next_hint_ = static_cast<uint8_t>(value[0]);
  cursor_.ExpectRightParen();
}

void ExpressionParser::RefuseBranchHint() {
  if (!next_hint_.has_value()) return;
  next_hint_.reset();
  cursor_.Fail(absl::StrCat("@", ToString(Annotation::kBranchHint),
                            " annotation: invalid target"));
}

// The hint for the instruction in instruction_.
std::optional<uint8_t> ExpressionParser::TakeBranchHint() {
  if (instruction_.opcode != Opcode::kIf &&
      instruction_.opcode != Opcode::kBrIf) {
    RefuseBranchHint();
  }
  return std::exchange(next_hint_, std::nullopt);
}

void ExpressionParser::AddBranchHint(std::optional<uint8_t> hint) {
  if (!hint.has_value()) return;
  hints_.push_back(
      {static_cast<uint32_t>(context_.bytes.size() - body_begin_), *hint});
}

}  // namespace wasijit::compiler
