// Traps that LLVM would lose with what it deletes or moves.
#ifndef WASIJIT_COMPILER_LOWERING_KEPT_TRAPS_H_
#define WASIJIT_COMPILER_LOWERING_KEPT_TRAPS_H_

#include "absl/types/span.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"

namespace wasijit::compiler {

// To LLVM, an access that traps is undefined: it deletes a load that nothing
// needs, moves one to the only path that needs it, and takes a store out of a
// loop that never ends. So, in `function` as it stands now,
//
// - those of `loads` become volatile whose values some path to the function's
//   end does not need: dropped, or in a local that this path does not read;
// - stores from which no end of the function can be reached become volatile;
// - calls are not inlined if some path needs not all of their results, for
//   which the callee may have loaded.
//
// Of a function whose locals are in memory it is not known what is needed.
//
// A path that ends in an explicit trap needs nothing: which of the two traps
// happens is not told apart. `loads` are accesses that may trap themselves.
void KeepTraps(llvm::Function& function,
               absl::Span<llvm::LoadInst* const> loads,
               bool has_locals_in_memory);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_LOWERING_KEPT_TRAPS_H_
