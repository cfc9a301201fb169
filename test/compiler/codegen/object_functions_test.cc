#include "compiler/codegen/object_functions.h"

#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

constexpr absl::string_view kIr = R"(
  define void @f4(ptr %p) {
    store i64 4, ptr %p
    ret void
  }
  define void @other(ptr %p) {
    store i64 5, ptr %p
    ret void
  }
  define void @f2(ptr %p) {
    store i64 2, ptr %p
    call void @f7(ptr %p)
    ret void
  }
  declare void @f7(ptr)
)";

// Symbols of other forms, and functions of other objects, are not there.
TEST(ObjectFunctions, FindsTheFunctionAtAPlace) {
  for (const InstructionSet instruction_set :
       {InstructionSet::kX86_64, InstructionSet::kAArch64}) {
    ASSERT_OK_AND_ASSIGN(const Target target,
                         Target::Create(instruction_set, "baseline"));
    llvm::LLVMContext context;
    const std::unique_ptr<llvm::MemoryBuffer> object =
        EmitObject(*test::ModuleFromIr(kIr, target, context),
                   *target.CreateTargetMachine(llvm::CodeGenOptLevel::Default));
    auto file = llvm::object::ObjectFile::createELFObjectFile(*object);
    ASSERT_TRUE(static_cast<bool>(file));
    llvm::Expected<ObjectFunctions> functions = ObjectFunctions::Read(**file);
    ASSERT_TRUE(static_cast<bool>(functions));

    uint64_t text = 0;
    for (const auto& section : (*file)->sections()) {
      if (llvm::cantFail(section.getName()) == ".text") {
        text = section.getIndex();
      }
    }
    const ObjectFunction* first = functions->Find(text, 0);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->function, 4u);
    EXPECT_EQ(first->begin, 0u);
    EXPECT_EQ(functions->Find(text, first->end - 1), first);
    EXPECT_EQ(functions->Find(text, first->end), nullptr);
    EXPECT_EQ(functions->Find(text + 1, 0), nullptr);
    bool has_second = false;
    for (uint64_t i = first->end; i < 200; ++i) {
      const ObjectFunction* found = functions->Find(text, i);
      if (found == nullptr) continue;
      EXPECT_EQ(found->function, 2u);
      has_second = true;
    }
    EXPECT_TRUE(has_second);
  }
}

}  // namespace
}  // namespace wasijit::compiler
