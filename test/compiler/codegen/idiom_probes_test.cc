#include "compiler/codegen/idiom_probes.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Probed(absl::string_view call) {
  absl::StatusOr<Target> target =
      Target::Create(InstructionSet::kX86_64, "baseline");
  EXPECT_OK(target);
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module = test::ModuleFromIr(
      absl::StrCat("define void @f0(ptr %to, ptr %from, i64 %n) {\n", call,
                   "\n  ret void\n}\n"
                   "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)\n"
                   "declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)\n"
                   "!0 = !{}\n"),
      *target, context);
  EXPECT_NE(module, nullptr);
  llvm::FunctionAnalysisManager analyses;
  IdiomProbesPass().run(*module->getFunction("f0"), analyses);
  EXPECT_EQ(test::VerifierErrors(*module), "");
  return test::IrText(*module);
}

constexpr char kProbe[] = "load volatile i8";

TEST(IdiomProbes, ReadTheLastByteBeforeTheCall) {
  const std::string filled =
      Probed("call void @llvm.memset.p0.i64(ptr %to, i8 0, i64 300, i1 false)");
  EXPECT_THAT(filled, HasSubstr("getelementptr i8, ptr %to, i64 299"));
  EXPECT_LT(filled.find(kProbe), filled.find("call void @llvm.memset"));
}

TEST(IdiomProbes, ReadBothRangesOfACopy) {
  const std::string copied = Probed(
      "call void @llvm.memmove.p0.p0.i64(ptr %to, ptr %from, i64 8, i1 false)");
  EXPECT_THAT(copied, HasSubstr("getelementptr i8, ptr %to, i64 7"));
  EXPECT_THAT(copied, HasSubstr("getelementptr i8, ptr %from, i64 7"));
}

TEST(IdiomProbes, EmptyRangesHaveNoLastByte) {
  EXPECT_THAT(
      Probed("call void @llvm.memset.p0.i64(ptr %to, i8 0, i64 0, i1 false)"),
      Not(HasSubstr(kProbe)));
  EXPECT_THAT(
      Probed("call void @llvm.memset.p0.i64(ptr %to, i8 0, i64 %n, i1 false)"),
      HasSubstr("icmp ne i64 %n, 0"));
}

TEST(IdiomProbes, CheckedRangesAreNotRead) {
  EXPECT_THAT(Probed("call void @llvm.memset.p0.i64(ptr %to, i8 0, i64 %n, i1 "
                     "false), !wasijit.checked !0"),
              Not(HasSubstr(kProbe)));
}

}  // namespace
}  // namespace wasijit::compiler
