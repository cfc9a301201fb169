// Module -> binary module (specification, chapter 5).
#ifndef WASIJIT_COMPILER_BINARY_MODULE_ENCODER_H_
#define WASIJIT_COMPILER_BINARY_MODULE_ENCODER_H_

#include <cstdint>
#include <vector>

#include "runtime/module/module.h"

namespace wasijit::compiler {

// Sections in the standard order, custom sections where they were; integers in
// their shortest form. Bodies, expressions and custom sections, the name
// section among them, are copied as they are. Decoding the result gives the
// module again, with other offsets.
std::vector<uint8_t> EncodeBinary(const Module& module);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_BINARY_MODULE_ENCODER_H_
