#include "compiler/codegen/scatter_loops.h"

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

// A loop that stores to memory at the 32-bit index %index, which moves by
// STEP; %other is loaded from there.
constexpr absl::string_view kLoop = R"(
  define void @f0(ptr %memory, i32 %stride, i32 %end) {
  entry:
    br label %loop
  loop:
    %index = phi i32 [ 0, %entry ], [ %next, %loop ]
    %wide = zext i32 %index to i64
    %here = getelementptr inbounds nuw i8, ptr %memory, i64 %wide
    %other = load i32, ptr %here, align 1
    %other.wide = zext i32 %other to i64
    %there = getelementptr inbounds nuw i8, ptr %memory, i64 %other.wide
    store i8 1, ptr ADDRESS, align 1
    %next = add i32 %index, STEP
    %more = icmp ult i32 %next, %end
    br i1 %more, label %loop, label %exit
  exit:
    ret void
  })";

bool IsMarked(absl::string_view address, absl::string_view step) {
  absl::StatusOr<Target> target =
      Target::Create(InstructionSet::kX86_64, "baseline");
  EXPECT_OK(target);
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module = test::ModuleFromIr(
      absl::StrReplaceAll(kLoop, {{"ADDRESS", address}, {"STEP", step}}),
      *target, context);
  EXPECT_NE(module, nullptr);

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
  ScatterLoopsPass().run(*module->getFunction("f0"), functions);
  return test::IrText(*module).find("llvm.loop.vectorize.width") !=
         std::string::npos;
}

TEST(ScatterLoops, LeavesStoresThatMoveByAConstantToTheVectoriser) {
  EXPECT_FALSE(IsMarked("%here", "1"));
  EXPECT_FALSE(IsMarked("%here", "-4"));
  EXPECT_FALSE(IsMarked("%memory", "%stride"));
}

TEST(ScatterLoops, MarksLoopsWithStoresAtAVariableStride) {
  EXPECT_TRUE(IsMarked("%here", "%stride"));
}

TEST(ScatterLoops, MarksLoopsWithStoresAtLoadedAddresses) {
  EXPECT_TRUE(IsMarked("%there", "1"));
}

}  // namespace
}  // namespace wasijit::compiler
