// Code as text of which every line says where in the module it comes from.
#ifndef WASIJIT_COMPILER_JIT_LOCATED_LISTING_H_
#define WASIJIT_COMPILER_JIT_LOCATED_LISTING_H_

#include <string>

#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace wasijit::compiler {

// For each function of an optimised module, the lines
//
//   F <function>             by index in its function index space
//   I <offset> <IR>
//   A <offset> <assembly>
//
// with the offset of the WebAssembly instruction in the module's bytes, or "-".
// A line that says nothing of itself belongs to the one before. Uses the module
// up.
std::string ListLocated(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_JIT_LOCATED_LISTING_H_
