// Types of the text format (specification, 6.4).
//
// All functions read at the context's cursor and report through it; what they
// return after a failure means nothing.
#ifndef WASIJIT_COMPILER_TEXT_TYPE_PARSER_H_
#define WASIJIT_COMPILER_TEXT_TYPE_PARSER_H_

#include <cstdint>
#include <vector>

#include "compiler/syntax/immediates.h"
#include "compiler/text/parser_context.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {

HeapType ParseHeapType(ParserContext& context);
ValueType ParseValueType(ParserContext& context);
// "(ref null func)" or an abbreviation such as "funcref".
ValueType ParseReferenceType(ParserContext& context);

// The optional address type, i32 or i64, before limits.
bool TakeAddressType64(ParserContext& context);
// Limits and what follows them; the address type has been taken.
TableType ParseTableType(ParserContext& context, bool is64);
MemoryType ParseMemoryType(ParserContext& context, bool is64);
// "(pagesize N)" if it is there, log2 of N; else that of the default.
uint8_t TakePageSizeLog2(ParserContext& context);
GlobalType ParseGlobalType(ParserContext& context);

// A parameter or local that has a name.
struct NamedLocal {
  uint32_t index = 0;
  ParserContext::BoundName name;
};

// "(param ...)* (result ...)*". Parameters may have names only if `names`, to
// which they are added, is not null.
FuncType ParseSignature(ParserContext& context, std::vector<NamedLocal>* names);

// Types, one or, after an identifier, exactly one: what "(param", "(local" or
// "(field" is followed by. Consumes the closing parenthesis.
template <typename Type, typename ParseOne>
void ParseNamedTypes(ParserContext& context, std::vector<Type>& types,
                     std::vector<NamedLocal>* names, ParseOne parse_one) {
  const uint32_t index = static_cast<uint32_t>(types.size());
  if (names != nullptr) {
    ParserContext::BoundName name = context.TakeBoundName();
    if (!name.IsAbsent()) {
      names->push_back({index, std::move(name)});
      types.push_back(parse_one(context));
      return context.cursor.ExpectRightParen();
    }
  }
  while (!context.cursor.AtGroupEnd()) types.push_back(parse_one(context));
  context.cursor.ExpectRightParen();
}

// A type use (6.4.4): index of its type, which is added to the module if it is
// only given inline.
struct TypeUse {
  uint32_t type = 0;
  // Whether "(type x)" is there.
  bool is_explicit = false;
  // What is given inline; of an explicit use without, the type's.
  FuncType signature;
};
TypeUse ParseTypeUse(ParserContext& context, std::vector<NamedLocal>* names);
// The same as the type of a block, which has a short form.
BlockType ParseBlockType(ParserContext& context);

// What follows "(type $id" or "(rec": definitions whose identifiers are bound
// already. `first` is the index of the first type. Consumes the closing
// parenthesis.
void ParseTypeField(ParserContext& context, uint32_t first);
void ParseRecField(ParserContext& context, uint32_t first);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_TYPE_PARSER_H_
