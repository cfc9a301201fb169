#include "compiler/jit/loop_depth.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {

uint32_t LoopDepth(const Module& module, uint32_t function) {
  InstructionReader reader(module, module.functions[function].body);
  Instruction instruction;
  // Whether each open construct is a loop; the last `end` is the function's.
  std::vector<bool> loops = {false};
  uint32_t depth = 0;
  uint32_t deepest = 0;
  while (reader.Next(instruction)) {
    switch (instruction.verb()) {
      case Verb::kLoop:
        loops.push_back(true);
        deepest = std::max(deepest, ++depth);
        break;
      case Verb::kBlock:
      case Verb::kIf:
      case Verb::kTry:
      case Verb::kTryTable:
        loops.push_back(false);
        break;
      case Verb::kEnd:
      case Verb::kDelegate:
        if (loops.back()) --depth;
        loops.pop_back();
        break;
      default:
        break;
    }
  }
  return deepest;
}

}  // namespace wasijit::compiler
