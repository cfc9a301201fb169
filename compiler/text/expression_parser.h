// Instruction sequences, plain and folded (specification, 6.5).
//
// Folded instructions nest as deep as the text has parentheses, so that nothing
// here recurses: what is open is kept on a stack of frames, and the bytes of a
// folded instruction wait beside it until its operands are written.
#ifndef WASIJIT_COMPILER_TEXT_EXPRESSION_PARSER_H_
#define WASIJIT_COMPILER_TEXT_EXPRESSION_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/syntax/instruction.h"
#include "compiler/text/immediate_parser.h"
#include "compiler/text/name_section.h"
#include "compiler/text/parser_context.h"
#include "runtime/module/byte_writer.h"

namespace wasijit::compiler {

// Writes what it reads at the context's cursor to the context's bytes. One
// object serves any number of expressions.
class ExpressionParser {
 public:
  explicit ExpressionParser(ParserContext& context)
      : context_(context), cursor_(context.cursor) {}

  // Instructions up to the end of the group, then `end`. For functions:
  // `scope` has the locals, branch hints are allowed and refer to the bytes
  // from `body_begin` on.
  void ParseFunctionBody(size_t body_begin);
  // The same for a constant expression.
  ConstExpr ParseConstExpr();
  // A constant expression that is a single folded instruction.
  ConstExpr ParseFoldedConstExpr();

  // Locals are the caller's to fill in before a function's body. Labels are
  // empty between expressions.
  ExpressionScope& scope() { return scope_; }
  // Of the last function's labels and branches.
  NameMap TakeLabelNames() { return std::move(label_names_); }
  std::vector<BranchHint> TakeBranchHints() { return std::move(hints_); }

 private:
  // What the innermost open construct is, and so what may follow.
  enum class FrameKind : uint8_t {
    // Plain structured instructions, until `end`.
    kPlainBlock,
    kPlainIf,
    kPlainElse,
    kPlainTry,
    kPlainCatch,
    kPlainCatchAll,
    // Folded instructions, until ")".
    kOperands,       // (op operand*
    kBlock,          // (block instr*
    kIfCondition,    // (if operand*
    kThen,           // (if operand* (then instr*
    kAfterThen,      // (if operand* (then instr*)
    kElse,           // ... (else instr*
    kAfterElse,      // ... (else instr*)
    kTry,            // (try
    kDo,             // (try (do instr*
    kAfterDo,        // (try (do instr*)
    kCatch,          // ... (catch tag instr*
    kAfterCatch,     // ... (catch tag instr*)
    kCatchAll,       // ... (catch_all instr*
    kAfterCatchAll,  // ... (catch_all instr*)
    kAfterDelegate,  // (try (do instr*) (delegate label)
  };

  struct Frame {
    FrameKind kind;
    std::optional<uint8_t> hint = std::nullopt;
    // Where the instruction waits in pending_, if it does.
    uint32_t pending = 0;
    // Of kIfCondition: the token of the label, which is not in scope yet; 0 if
    // there is none.
    uint32_t label = 0;
    // The token of the instruction's word.
    uint32_t word = 0;
  };

  void Begin(size_t body_begin, bool in_function);
  void Run();
  void Step();
  void WriteEnd();

  bool AcceptsInstructions() const;
  bool AcceptsOperands() const;
  FrameKind& top() { return frames_.back().kind; }
  bool TopIs(FrameKind kind) const {
    return !frames_.empty() && frames_.back().kind == kind;
  }

  // The token of a label, which is consumed; 0 if there is none.
  uint32_t TakeLabel();

  void ParsePlainInstruction();
  void OpenPlainBlock(std::optional<uint8_t> hint);
  void ParsePlainElse();
  void ParsePlainCatch();
  void ParsePlainCatchAll();
  void ParsePlainDelegate();
  void ParsePlainEnd();
  void CheckLabelRepetition();

  void OpenGroup();
  void OpenInstruction();
  void OpenFoldedBlock();
  void OpenFoldedIf(std::optional<uint8_t> hint);
  bool OpenClause();
  void OpenThen();
  void OpenCatch(Opcode opcode, FrameKind kind);
  void ParseDelegate();
  void CloseGroup();

  void ParseBranchHint();
  void RefuseBranchHint();
  std::optional<uint8_t> TakeBranchHint();
  void AddBranchHint(std::optional<uint8_t> hint);

  void EnterBlock(uint32_t label);
  // Says where what is written next comes from.
  void AddPlace(uint32_t word);
  void Write(const Instruction& instruction);
  void WriteOpcode(Opcode opcode);
  // Keeps the instruction until its operands are written.
  void Postpone(FrameKind kind);
  void WritePostponed();
  void PopFrame() { frames_.pop_back(); }

  ParserContext& context_;
  TokenCursor& cursor_;
  ExpressionScope scope_;
  std::vector<Frame> frames_;
  ByteWriter pending_;
  Instruction instruction_;
  // The token of its word.
  uint32_t word_ = 0;

  bool in_function_ = false;
  size_t body_begin_ = 0;
  uint32_t block_count_ = 0;
  NameMap label_names_;
  std::vector<BranchHint> hints_;
  std::optional<uint8_t> next_hint_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_EXPRESSION_PARSER_H_
