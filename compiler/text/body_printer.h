// Function bodies and constant expressions as text.
#ifndef WASIJIT_COMPILER_TEXT_BODY_PRINTER_H_
#define WASIJIT_COMPILER_TEXT_BODY_PRINTER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/branch_hints.h"
#include "compiler/syntax/instruction.h"
#include "compiler/text/identifiers.h"
#include "compiler/text/index_space.h"
#include "compiler/text/instruction_printer.h"
#include "compiler/text/name_section.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// What is known of a function's names and branches; each may be null.
struct BodyAnnotations {
  const NameMap* locals = nullptr;
  const NameMap* labels = nullptr;
  const std::vector<BranchHint>* hints = nullptr;
};

class BodyPrinter {
 public:
  // Both must outlive the printer.
  BodyPrinter(const Module& module, const Identifiers& identifiers)
      : module_(module),
        identifiers_(identifiers),
        instructions_(module, identifiers) {}

  // Appends the type use, parameters, locals and instructions of a function,
  // each instruction on a line of its own. InvalidArgument if the body is
  // malformed; ResourceExhausted if `text` grows beyond `max_size`.
  absl::Status PrintFunction(const ModuleFunction& function,
                             const BodyAnnotations& annotations,
                             size_t max_size, std::string& text);

  // Appends a constant expression on the same line, without its `end`: folded
  // instructions, or plain ones if it has blocks.
  absl::Status PrintConstExpr(ConstExpr expression, std::string& text) const;

  const InstructionPrinter& instructions() const { return instructions_; }

 private:
  void PrintParameters(const FuncType& type, const SpaceIdentifiers& locals,
                       std::string& text) const;
  absl::Status PrintInstructions(ByteRange body,
                                 const BodyAnnotations& annotations,
                                 size_t max_size, std::string& text);
  absl::Status PrintInstruction(const Instruction& instruction,
                                const BodyAnnotations& annotations,
                                std::string& text);
  void PrintHint(const Instruction& instruction,
                 const BodyAnnotations& annotations, std::string& text);
  void StartLine(size_t depth, std::string& text) const;

  const Module& module_;
  const Identifiers& identifiers_;
  InstructionPrinter instructions_;

  // Of the function that is being printed.
  LabelStack labels_;
  ByteRange body_;
  uint32_t block_count_ = 0;
  size_t next_hint_ = 0;
};

// Whether every hint is at an `if` or `br_if` of its function, so that
// annotations can express it.
bool HintsFitBody(const Module& module, const FunctionBranchHints& hints);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_BODY_PRINTER_H_
