#include "compiler/codegen/short_blocks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

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

using ::testing::ElementsAre;

std::string Additions(int count) {
  std::string text = "  %v0 = add i64 %x, 0\n";
  for (int i = 1; i < count; ++i) {
    absl::StrAppend(&text, "  %v", i, " = add i64 %v", i - 1, ", 1\n");
  }
  return text;
}

// The lengths of the blocks of @f0 after the pass, in order.
std::vector<size_t> Lengths(absl::string_view ir) {
  absl::StatusOr<Target> target =
      Target::Create(InstructionSet::kX86_64, "x86-64-v3");
  EXPECT_OK(target);
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module =
      test::ModuleFromIr(ir, *target, context);
  if (module == nullptr) return {};
  llvm::Function& function = *module->getFunction("f0");
  llvm::FunctionAnalysisManager none;
  ShortBlocksPass().run(function, none);
  EXPECT_EQ(test::VerifierErrors(*module), "");
  std::vector<size_t> lengths;
  for (const llvm::BasicBlock& block : function) {
    lengths.push_back(block.size());
  }
  return lengths;
}

std::string Function(absl::string_view body, absl::string_view result = "i64") {
  return absl::StrCat(
      "declare swiftcc i64 @f1(ptr swiftself, i64)\n",
      "declare i32 @personality(...)\n", "define swiftcc ", result,
      " @f0(ptr swiftself %c, i64 %x) personality ptr @personality {\n", body,
      "}\n");
}

TEST(ShortBlocks, GivesSlowTerminatorsBlocksOfTheirOwn) {
  EXPECT_THAT(Lengths(Function(Additions(10) + "  ret i64 %v9\n")),
              ElementsAre(11, 1));
  // The structure of the results goes with its return.
  EXPECT_THAT(
      Lengths(Function(
          Additions(10) + "  %a = insertvalue { i64, i64 } poison, i64 %v9, 0\n"
                          "  %b = insertvalue { i64, i64 } %a, i64 %v8, 1\n"
                          "  ret { i64, i64 } %b\n",
          "{ i64, i64 }")),
      ElementsAre(11, 3));
  EXPECT_THAT(Lengths(Function(Additions(10) +
                               "  switch i64 %v9, label %a [i64 0, label %b]\n"
                               "a:\n  ret i64 1\n"
                               "b:\n  %p = phi i64 [%v8, %0]\n  ret i64 %p\n")),
              ElementsAre(11, 1, 1, 2));
  EXPECT_THAT(Lengths(Function(
                  Additions(10) +
                  "  %r = invoke swiftcc i64 @f1(ptr swiftself %c, i64 %v9)\n"
                  "      to label %a unwind label %b\n"
                  "a:\n  ret i64 %r\n"
                  "b:\n  %e = landingpad { ptr, i32 } cleanup\n  ret i64 2\n")),
              ElementsAre(11, 1, 1, 2));
}

TEST(ShortBlocks, LeavesShortBlocksAndOtherTerminatorsAlone) {
  EXPECT_THAT(Lengths(Function(Additions(2) + "  ret i64 %v1\n")),
              ElementsAre(3));
  EXPECT_THAT(Lengths(Function(Additions(10) + "  br label %a\n"
                                               "a:\n  ret i64 %v9\n")),
              ElementsAre(11, 1));
  EXPECT_THAT(
      Lengths(Function(Additions(10) + "  %r = musttail call swiftcc i64 @f1("
                                       "ptr swiftself %c, i64 %v9)\n"
                                       "  ret i64 %r\n")),
      ElementsAre(12));
}

TEST(ShortBlocks, SplitsLongBlocks) {
  const std::vector<size_t> lengths =
      Lengths(Function(Additions(10'000) + "  ret i64 %v9999\n"));
  EXPECT_GT(lengths.size(), 30u);
  EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), 300u);
  size_t instructions = 0;
  for (const size_t length : lengths) instructions += length;
  // A branch at each end but the last.
  EXPECT_EQ(instructions, 10'001 + lengths.size() - 1);
}

}  // namespace
}  // namespace wasijit::compiler
