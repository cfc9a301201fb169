// LLVM modules from text, for tests of code generation.
#ifndef WASIJIT_TEST_SUPPORT_LLVM_IR_H_
#define WASIJIT_TEST_SUPPORT_LLVM_IR_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

namespace wasijit::test {

inline std::string IrText(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

// What LLVM's verifier finds wrong; empty for a correct module.
inline std::string VerifierErrors(const llvm::Module& module) {
  std::string errors;
  llvm::raw_string_ostream stream(errors);
  llvm::verifyModule(module, &stream);
  return errors;
}

// A module for a target, position-independent as lowering makes them. Null,
// with a test failure, if the text is malformed.
inline std::unique_ptr<llvm::Module> ModuleFromIr(
    absl::string_view text, const compiler::Target& target,
    llvm::LLVMContext& context) {
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(
      llvm::StringRef(text.data(), text.size()), diagnostic, context);
  if (module == nullptr) {
    std::string message;
    llvm::raw_string_ostream stream(message);
    diagnostic.print("IR", stream, /*ShowColors=*/false);
    ADD_FAILURE() << message;
    return nullptr;
  }
  module->setTargetTriple(llvm::Triple(target.traits().triple));
  module->setDataLayout(
      target.CreateTargetMachine(llvm::CodeGenOptLevel::Default)
          ->createDataLayout());
  module->setPICLevel(llvm::PICLevel::SmallPIC);
  module->setRtLibUseGOT();
  EXPECT_EQ(VerifierErrors(*module), "");
  return module;
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_LLVM_IR_H_
