// The second pass over a module's fields (specification, 6.6).
#ifndef WASIJIT_COMPILER_TEXT_FIELD_PARSER_H_
#define WASIJIT_COMPILER_TEXT_FIELD_PARSER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/text/expression_parser.h"
#include "compiler/text/parser_context.h"
#include "compiler/text/type_parser.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Adds what the fields define to the context's module, whose ranges refer to
// the context's bytes. REQUIRES: ParseDeclarations has been through them.
class FieldParser {
 public:
  explicit FieldParser(ParserContext& context)
      : context_(context),
        cursor_(context.cursor),
        module_(context.module),
        expressions_(context) {}

  // Reads the field at the cursor; not annotations.
  void ParseField();

 private:
  void ParseImport();
  ExternType ParseExternType();
  FunctionExternType ParseFunctionExternType();
  void AddImport(std::string module, std::string name, const ExternType& type);

  // What functions, tables, memories, globals and tags begin with: name and
  // inline exports. Then, if there is an inline import, all of it, and true.
  bool ParseInlineImport(ExternKind kind, uint32_t index);
  ExternType ParseInlineExternType(ExternKind kind);

  void ParseFunction();
  void ParseLocals(std::vector<NamedLocal>& names);
  void BindLocals(uint32_t first, const std::vector<NamedLocal>& locals,
                  NameMap& names);
  void ParseTable();
  void ParseTableWithElements(uint32_t index, bool is64);
  void ParseMemory();
  void ParseMemoryWithData(uint32_t index, MemoryType type);
  void ParseGlobal();
  void ParseTag();
  void ParseExport();
  void ParseStart();

  void ParseElements();
  void ParseElementList(ElementSegment& segment);
  std::vector<uint32_t> ParseFunctionIndices();
  std::vector<ConstExpr> ParseElementExpressions();
  void ParseData();
  ByteRange ParseDataStrings();
  // "(offset expr)" or a folded instruction.
  ConstExpr ParseOffset();
  // The constant 0 of an address type.
  ConstExpr ZeroOffset(bool is64);
  ConstExpr FunctionReference(uint32_t function);
  ConstExpr WriteConstant(const Instruction& instruction);

  ParserContext& context_;
  TokenCursor& cursor_;
  Module& module_;
  ExpressionParser expressions_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_FIELD_PARSER_H_
