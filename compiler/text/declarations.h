// The first pass over a module's fields: identifiers may be used before they
// are bound (specification, 6.6.1), so all are bound before anything is
// resolved.
#ifndef WASIJIT_COMPILER_TEXT_DECLARATIONS_H_
#define WASIJIT_COMPILER_TEXT_DECLARATIONS_H_

#include "compiler/text/parser_context.h"

namespace wasijit::compiler {

// Reads the fields from the cursor to its end and returns to the first. Binds
// the identifiers of the context's index spaces, counts their members, and then
// parses the type fields, on which all others depend. Checks which fields there
// are and that imports come first; what is in the fields is for the second
// pass.
void ParseDeclarations(ParserContext& context);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_DECLARATIONS_H_
