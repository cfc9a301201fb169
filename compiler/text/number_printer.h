// Numbers as the text format writes them, so that they read back bit by bit.
#ifndef WASIJIT_COMPILER_TEXT_NUMBER_PRINTER_H_
#define WASIJIT_COMPILER_TEXT_NUMBER_PRINTER_H_

#include <cstdint>
#include <string>

namespace wasijit::compiler {

// Decimal with as few digits as determine the number, "-inf", "nan",
// "nan:0x200000".
std::string PrintF32(uint32_t bits);
std::string PrintF64(uint64_t bits);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_NUMBER_PRINTER_H_
