// From optimised IR to an object or to assembly text.
#ifndef WASIJIT_COMPILER_CODEGEN_OBJECT_EMITTER_H_
#define WASIJIT_COMPILER_CODEGEN_OBJECT_EMITTER_H_

#include <memory>
#include <string>

#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"

namespace wasijit::compiler {

// A relocatable ELF object.
std::unique_ptr<llvm::MemoryBuffer> EmitObject(llvm::Module& module,
                                               llvm::TargetMachine& machine);

// The same code as text, for people and golden tests.
std::string EmitAssembly(llvm::Module& module, llvm::TargetMachine& machine);

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_OBJECT_EMITTER_H_
