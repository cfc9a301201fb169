// Immediates of instructions (specification, 6.5).
#ifndef WASIJIT_COMPILER_TEXT_IMMEDIATE_PARSER_H_
#define WASIJIT_COMPILER_TEXT_IMMEDIATE_PARSER_H_

#include <cstdint>

#include "compiler/syntax/instruction.h"
#include "compiler/text/index_space.h"
#include "compiler/text/parser_context.h"

namespace wasijit::compiler {

// What an expression may refer to besides the module's members.
struct ExpressionScope {
  IndexSpace locals{"local"};
  LabelStack labels;
};

// Reads at the cursor, which is behind the keyword (of structured instructions:
// behind their label), what the opcode's kind of immediate asks for. Where
// opcodes share a keyword, `instruction.opcode` is the first of them on entry
// and the one that is meant on return.
void ParseImmediate(ParserContext& context, const ExpressionScope& scope,
                    Instruction& instruction);

// A label index; by name: "unknown label".
uint32_t ParseLabel(ParserContext& context, const ExpressionScope& scope);

// A number token as a constant, as bits. `kind` is one of kI32, kI64, kF32,
// kF64; integers have `width` bits: "constant out of range".
uint64_t ParseNumberConstant(TokenCursor& cursor, ImmediateKind kind,
                             int width);
// The shape and lanes after "v128.const".
V128 ParseVectorConstant(TokenCursor& cursor);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_IMMEDIATE_PARSER_H_
