#include "compiler/codegen/object_emitter.h"

#include <cassert>
#include <memory>
#include <string>
#include <utility>

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace wasijit::compiler {
namespace {

void Emit(llvm::Module& module, llvm::TargetMachine& machine,
          llvm::CodeGenFileType type, llvm::SmallVectorImpl<char>& output) {
  llvm::raw_svector_ostream stream(output);
  llvm::legacy::PassManager passes;
  const bool unsupported =
      machine.addPassesToEmitFile(passes, stream, nullptr, type,
                                  /*DisableVerify=*/true);
  assert(!unsupported && "both targets emit objects and assembly");
  (void)unsupported;
  passes.run(module);
}

}  // namespace

std::unique_ptr<llvm::MemoryBuffer> EmitObject(llvm::Module& module,
                                               llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> object;
  Emit(module, machine, llvm::CodeGenFileType::ObjectFile, object);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(object), /*RequiresNullTerminator=*/false);
}

std::string EmitAssembly(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> text;
  Emit(module, machine, llvm::CodeGenFileType::AssemblyFile, text);
  return std::string(text.data(), text.size());
}

}  // namespace wasijit::compiler
