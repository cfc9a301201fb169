#include "compiler/codegen/object_emitter.h"

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::wasijit::test::ModuleFromIr;

constexpr absl::string_view kIr = R"(
  define swiftcc i64 @f0(ptr swiftself %c, i64 %x) {
    %sum = add i64 %x, 5
    ret i64 %sum
  }
)";

struct Case {
  InstructionSet instruction_set;
  llvm::CodeGenOptLevel level;
  uint16_t machine;
  const char* code;
};

constexpr Case kCases[] = {
    {InstructionSet::kX86_64, llvm::CodeGenOptLevel::None, llvm::ELF::EM_X86_64,
     "addq\t\\$5"},
    {InstructionSet::kX86_64, llvm::CodeGenOptLevel::Default,
     llvm::ELF::EM_X86_64, "leaq\t5\\(%rdi\\), %rax"},
    {InstructionSet::kAArch64, llvm::CodeGenOptLevel::None,
     llvm::ELF::EM_AARCH64, "add\tx0, x0, #5"},
    {InstructionSet::kAArch64, llvm::CodeGenOptLevel::Default,
     llvm::ELF::EM_AARCH64, "add\tx0, x0, #5"},
};

TEST(ObjectEmitter, EmitsElfObjectsOfTheTarget) {
  for (const Case& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(test.instruction_set, "baseline"));
    llvm::LLVMContext context;
    const std::unique_ptr<llvm::TargetMachine> machine =
        target.CreateTargetMachine(test.level);
    const std::unique_ptr<llvm::MemoryBuffer> object =
        EmitObject(*ModuleFromIr(kIr, target, context), *machine);
    llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
        llvm::object::ObjectFile::createELFObjectFile(*object);
    ASSERT_TRUE(!!file);
    EXPECT_TRUE((*file)->isRelocatableObject());
    const auto& elf = llvm::cast<llvm::object::ELFObjectFileBase>(**file);
    EXPECT_EQ(elf.getEMachine(), test.machine);
    bool defined = false;
    for (const llvm::object::SymbolRef& symbol : (*file)->symbols()) {
      defined |= llvm::cantFail(symbol.getName()) == "f0" &&
                 llvm::object::ELFSymbolRef(symbol).getSize() > 0;
    }
    EXPECT_TRUE(defined);

    const std::unique_ptr<llvm::MemoryBuffer> again =
        EmitObject(*ModuleFromIr(kIr, target, context), *machine);
    EXPECT_EQ(object->getBuffer(), again->getBuffer());
  }
}

TEST(ObjectEmitter, EmitsAssemblyOfTheSameCode) {
  for (const Case& test : kCases) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(test.instruction_set, "baseline"));
    llvm::LLVMContext context;
    const std::string text =
        EmitAssembly(*ModuleFromIr(kIr, target, context),
                     *target.CreateTargetMachine(test.level));
    EXPECT_THAT(text, HasSubstr("f0:"));
    EXPECT_THAT(text, ContainsRegex(test.code));
  }
}

}  // namespace
}  // namespace wasijit::compiler
