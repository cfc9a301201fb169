#include "compiler/codegen/loop_addresses.h"

#include <memory>
#include <string>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
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

using ::testing::HasSubstr;
using ::testing::Not;

// Doubles what lies before the 32-bit address END, as clang writes the loop.
constexpr absl::string_view kLoop = R"(
  define weak_odr swiftcc void @f0(ptr nonnull swiftself %memory, i32 %n) {
  entry:
    br label %loop
  loop:
    %index = phi i32 [ START, %entry ], [ %next, %loop ]
    %address = add i32 %index, END
    %wide = zext i32 %address to i64
    %element = getelementptr inbounds nuw i8, ptr %memory, i64 %wide
    %old = load double, ptr %element, align 1
    %new = fadd double %old, %old
    store double %new, ptr %element, align 1
    %next = add i32 %index, 8
    %done = icmp eq i32 %next, LAST
    br i1 %done, label %exit, label %loop
  exit:
    ret void
  })";

struct Loop {
  absl::string_view start;
  absl::string_view end;
  absl::string_view last = "0";
};

class LoopAddresses : public ::testing::Test {
 protected:
  LoopAddresses()
      : target_(Target::Create(InstructionSet::kX86_64, "x86-64-v3")) {}

  std::unique_ptr<llvm::Module> Parse(const Loop& loop) {
    return test::ModuleFromIr(absl::StrReplaceAll(kLoop, {{"START", loop.start},
                                                          {"END", loop.end},
                                                          {"LAST", loop.last}}),
                              *target_, context_);
  }

  std::string AfterPass(const Loop& loop) {
    const std::unique_ptr<llvm::Module> module = Parse(loop);
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
    LoopAddressesPass().run(*module->getFunction("f0"), functions);
    EXPECT_EQ(test::VerifierErrors(*module), "");
    return test::IrText(*module);
  }

  absl::StatusOr<Target> target_;
  llvm::LLVMContext context_;
};

TEST_F(LoopAddresses, ExtendsTheTermsOfAProvenSum) {
  const std::string ir = AfterPass({"-1984", "1055496"});
  EXPECT_THAT(ir, HasSubstr("sext i32 %index to i64"));
  EXPECT_THAT(ir, Not(HasSubstr("zext")));
  EXPECT_THAT(ir, HasSubstr("add i64"));
}

TEST_F(LoopAddresses, LeavesSumsThatMayBeNegative) {
  EXPECT_THAT(AfterPass({"-1984", "1983"}), HasSubstr("zext i32 %address"));
  EXPECT_THAT(AfterPass({"-1984", "1984"}), Not(HasSubstr("zext")));
}

TEST_F(LoopAddresses, LeavesSumsOfUnknownTerms) {
  EXPECT_THAT(AfterPass({"-1984", "%n"}), HasSubstr("zext i32 %address"));
  EXPECT_THAT(AfterPass({"%n", "1055496"}), HasSubstr("zext i32 %address"));
  EXPECT_THAT(AfterPass({"-1984", "1055496", "%n"}),
              HasSubstr("zext i32 %address"));
}

TEST_F(LoopAddresses, LeavesSumsThatWrapAsSignedNumbers) {
  EXPECT_THAT(AfterPass({"-1984", "-2147483000"}),
              HasSubstr("zext i32 %address"));
  EXPECT_THAT(AfterPass({"16", "2147483600", "1024"}),
              HasSubstr("zext i32 %address"));
}

TEST_F(LoopAddresses, LeavesToLlvmWhatIsNeverNegative) {
  EXPECT_THAT(AfterPass({"0", "1055496", "1024"}),
              HasSubstr("zext i32 %address"));
}

TEST_F(LoopAddresses, LetLoopsBeVectorised) {
  const std::unique_ptr<llvm::Module> module = Parse({"-1984", "1055496"});
  OptimizeModule(
      *module,
      *target_->CreateTargetMachine(CodeGenLevel(OptimizationLevel::kFull)),
      OptimizationLevel::kFull);
  EXPECT_THAT(test::IrText(*module), HasSubstr("fadd <4 x double>"));
}

}  // namespace
}  // namespace wasijit::compiler
