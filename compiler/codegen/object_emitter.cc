#include "compiler/codegen/object_emitter.h"

#include <cassert>
#include <memory>
#include <string>
#include <utility>

#include "llvm/ADT/SmallVector.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Pass.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace wasijit::compiler {
namespace {

// Without what follows variables of debug information through registers: there
// are none, only places, and it takes a twentieth of all time to find out.
class CodeGenPasses : public llvm::legacy::PassManager {
 public:
  void add(llvm::Pass* pass) override {
    if (pass->getPassID() == &llvm::LiveDebugValuesID) {
      delete pass;
      return;
    }
    llvm::legacy::PassManager::add(pass);
  }
};

void Emit(llvm::Module& module, llvm::TargetMachine& machine,
          llvm::CodeGenFileType type, llvm::SmallVectorImpl<char>& output) {
  llvm::raw_svector_ostream stream(output);
  CodeGenPasses passes;
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
