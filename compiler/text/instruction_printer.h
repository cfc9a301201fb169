// One instruction as text.
#ifndef WASIJIT_COMPILER_TEXT_INSTRUCTION_PRINTER_H_
#define WASIJIT_COMPILER_TEXT_INSTRUCTION_PRINTER_H_

#include <cstdint>
#include <string>

#include "compiler/syntax/instruction.h"
#include "compiler/text/identifiers.h"
#include "compiler/text/index_space.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

// Prints the plain form: keyword and immediates, with the names that indices
// have. Also for listings of instructions out of their context.
class InstructionPrinter {
 public:
  // Both must outlive the printer.
  InstructionPrinter(const Module& module, const Identifiers& identifiers)
      : module_(module), identifiers_(identifiers) {}

  // Names of the locals of the function that the instructions are from; null
  // if there are none.
  void set_locals(const SpaceIdentifiers* locals) { locals_ = locals; }
  // The blocks around the instruction; null if they are not known.
  void set_labels(const LabelStack* labels) { labels_ = labels; }

  // Without the label that a block binds.
  std::string Print(const Instruction& instruction) const;

  // The block's own label, if it has one, goes between the parts.
  std::string PrintBlock(const Instruction& instruction,
                         const std::string& label) const;

  // "(param i32) (result i64)", with a space before each.
  std::string Signature(const FuncType& type) const;
  // " (type 3) (param i32)": the type may not exist.
  std::string TypeUse(uint32_t type) const;

 private:
  std::string Immediate(const Instruction& instruction) const;
  std::string Label(uint32_t label) const;
  std::string Local(uint32_t local) const;
  std::string Block(const BlockType& type) const;
  std::string Catches(const Instruction& instruction) const;
  std::string MemoryArgument(const Instruction& instruction) const;
  std::string Field(const Instruction& instruction) const;
  // Nothing for index 0, which is implied.
  static std::string Implied(const SpaceIdentifiers& space, uint32_t index);

  const Module& module_;
  const Identifiers& identifiers_;
  const SpaceIdentifiers* locals_ = nullptr;
  const LabelStack* labels_ = nullptr;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_INSTRUCTION_PRINTER_H_
