// Arguments and expected results of test scripts.
//
// Both read at the cursor and report through it; what they return after a
// failure means nothing.
#ifndef WASIJIT_COMPILER_TEXT_SCRIPT_VALUE_PARSER_H_
#define WASIJIT_COMPILER_TEXT_SCRIPT_VALUE_PARSER_H_

#include "compiler/text/result_pattern.h"
#include "compiler/text/script.h"
#include "compiler/text/token_cursor.h"

namespace wasijit::compiler {

// "(i32.const 1)", "(v128.const i32x4 1 2 3 4)", "(ref.null func)",
// "(ref.extern 1)", "(ref.host 1)".
ScriptArgument ParseScriptArgument(TokenCursor& cursor);

// The same, and "(f32.const nan:canonical)", "(ref.func)", "(either ...)" ...
ResultPattern ParseResultPattern(TokenCursor& cursor);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_SCRIPT_VALUE_PARSER_H_
