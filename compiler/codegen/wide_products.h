// Recognises 128-bit products that were put together from 32-bit halves.
#ifndef WASIJIT_COMPILER_CODEGEN_WIDE_PRODUCTS_H_
#define WASIJIT_COMPILER_CODEGEN_WIDE_PRODUCTS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/PassManager.h"

namespace wasijit::compiler {

// WebAssembly has no instruction for the upper half of a 64-bit product, so
// compilers call __multi3, and programs have functions of their own, all of
// which do what Knuth's algorithm M does with two digits (4.3.1):
//
//   low  = lo(a) * lo(b)
//   mid1 = hi(a) * lo(b) + hi(low)
//   mid2 = lo(a) * hi(b) + lo(mid1)
//   a * b = (hi(a) * hi(b) + hi(mid1) + hi(mid2)) : (lo(mid2) : lo(low))
//
// None of the sums can wrap at 64 bits, so the equation holds for all a and b.
// The pass puts one multiplication in the place of whichever half is used.
class WideProductsPass : public llvm::PassInfoMixin<WideProductsPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Function& function,
                              llvm::FunctionAnalysisManager& analyses);
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_WIDE_PRODUCTS_H_
