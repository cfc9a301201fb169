// How much effort goes into code.
#ifndef WASIJIT_COMPILER_CODEGEN_OPTIMIZATION_LEVEL_H_
#define WASIJIT_COMPILER_CODEGEN_OPTIMIZATION_LEVEL_H_

#include <cstdint>

namespace wasijit::compiler {

// From the fastest compilation to the fastest code.
enum class OptimizationLevel : uint8_t {
  // No IR passes, fast instruction selection.
  kNone,
  // Scalar passes without vectorisers and inlining: about twice the speed of
  // compilation of kFull, 1.2 times its run time.
  kQuick,
  kFull,
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_OPTIMIZATION_LEVEL_H_
