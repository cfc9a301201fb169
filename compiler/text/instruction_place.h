// Where the instructions of a text are.
#ifndef WASIJIT_COMPILER_TEXT_INSTRUCTION_PLACE_H_
#define WASIJIT_COMPILER_TEXT_INSTRUCTION_PLACE_H_

#include <cstdint>

namespace wasijit::compiler {

struct InstructionPlace {
  uint32_t function;
  // Offset in the function's body, in bytes.
  uint32_t offset;
  // Offset in the text of the word that it comes from.
  uint32_t source;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_INSTRUCTION_PLACE_H_
