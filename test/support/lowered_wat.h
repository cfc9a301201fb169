// The LLVM IR of modules in the text format, for tests of lowering.
#ifndef WASIJIT_TEST_SUPPORT_LOWERED_WAT_H_
#define WASIJIT_TEST_SUPPORT_LOWERED_WAT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/target/symbols.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::test {

// All functions of a module, lowered. A module that cannot be lowered, or that
// is lowered to wrong IR, is a test failure.
class LoweredWat {
 public:
  explicit LoweredWat(
      absl::string_view wat, const compiler::LoweringOptions& options = {},
      InstructionSet instruction_set = InstructionSet::kX86_64) {
    absl::StatusOr<Module> module = ModuleFromWat(wat);
    EXPECT_OK(module) << wat.data();
    if (!module.ok()) return;
    module_ = *std::move(module);
    const VmContextLayout layout(module_);
    const compiler::Target target =
        *compiler::Target::Create(instruction_set, "baseline");
    const compiler::LoweringInput input(module_, layout, target, options);
    compiler::ModuleLowering lowering(input, context_);
    for (uint32_t i = module_.num_imported_functions;
         i < module_.functions.size(); ++i) {
      lowering.LowerFunction(i, compiler::CodePurpose::kEmit);
    }
    code_ = std::move(lowering).Finish();
    EXPECT_EQ(VerifierErrors(*code_), "") << wat.data();
  }

  const Module& module() const { return module_; }
  const llvm::Module& code() const { return *code_; }
  // By index in the module's function index space.
  const llvm::Function& function(uint32_t index) const {
    return *code_->getFunction(compiler::FunctionSymbol(index));
  }
  std::string Text(uint32_t index) const {
    std::string text;
    llvm::raw_string_ostream stream(text);
    function(index).print(stream);
    return text;
  }
  // How many instructions of a class a function has.
  template <typename Instruction>
  size_t Count(uint32_t index) const {
    size_t count = 0;
    for (const llvm::Instruction& instruction :
         llvm::instructions(function(index))) {
      count += llvm::isa<Instruction>(instruction);
    }
    return count;
  }

 private:
  Module module_;
  llvm::LLVMContext context_;
  std::unique_ptr<llvm::Module> code_;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_LOWERED_WAT_H_
