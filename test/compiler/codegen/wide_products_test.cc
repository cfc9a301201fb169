#include "compiler/codegen/wide_products.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

// The product of %a and %b; what stands in capitals differs from compiler to
// compiler, and so do the order of the operands and of the sum.
constexpr absl::string_view kProduct = R"(
  define {i64, i64} @f0(i64 %a, i64 %b, i64 %more) {
    %a.hi = lshr i64 %a, 32
    %a.lo = and i64 %a, 4294967295
    %b.hi = lshr i64 %b, 32
    %b.lo = B_LOW
    %low = mul i64 %a.lo, %b.lo
    %low.hi = lshr i64 %low, 32
    %low.lo = and i64 %low, 4294967295
    %cross1 = mul i64 CROSS1
    %mid1 = add i64 MID1
    %mid1.hi = lshr i64 %mid1, 32
    %mid1.lo = and i64 %mid1, 4294967295
    %cross2 = mul i64 %b.hi, %a.lo
    %mid2 = add i64 %mid1.lo, %cross2
    %mid2.hi = lshr i64 %mid2, SHIFT
    %mid2.lo = shl i64 %mid2, 32
    %high = mul i64 HIGH
    %sum1 = add i64 SUM1
    %sum2 = add i64 %sum1, %high
    %sum3 = add i64 %sum2, %mid2.hi
    %lower = COMBINE i64 LOWER
    %r0 = insertvalue {i64, i64} undef, i64 %lower, 0
    %r1 = insertvalue {i64, i64} %r0, i64 %sum3, 1
    ret {i64, i64} %r1
  })";

using Replacements = std::vector<std::pair<absl::string_view, std::string>>;

std::string Text(Replacements replacements) {
  std::string text = absl::StrReplaceAll(kProduct, replacements);
  return absl::StrReplaceAll(text, {{"B_LOW", "and i64 4294967295, %b"},
                                    {"CROSS1", "%a.hi, %b.lo"},
                                    {"MID1", "%cross1, %low.hi"},
                                    {"SHIFT", "32"},
                                    {"HIGH", "%b.hi, %a.hi"},
                                    {"SUM1", "%mid1.hi, %more"},
                                    {"COMBINE", "or"},
                                    {"LOWER", "%mid2.lo, %low.lo"}});
}

class Product {
 public:
  explicit Product(absl::string_view text) {
    absl::StatusOr<Target> target =
        Target::Create(InstructionSet::kX86_64, "baseline");
    EXPECT_OK(target);
    module_ = test::ModuleFromIr(text, *target, context_);
  }

  void RunPass() {
    llvm::FunctionAnalysisManager analyses;
    WideProductsPass().run(*module_->getFunction("f0"), analyses);
    EXPECT_EQ(test::VerifierErrors(*module_), "");
  }

  size_t Multiplications() {
    size_t count = 0;
    for (const llvm::Instruction& instruction :
         llvm::instructions(*module_->getFunction("f0"))) {
      count += instruction.getOpcode() == llvm::Instruction::Mul;
    }
    return count;
  }

  // The two results for arguments.
  std::pair<uint64_t, uint64_t> Evaluate(std::vector<uint64_t> arguments) {
    llvm::DenseMap<const llvm::Value*, llvm::Constant*> values;
    llvm::Function* function = module_->getFunction("f0");
    for (size_t i = 0; i < arguments.size(); ++i) {
      values[function->getArg(i)] = llvm::ConstantInt::get(
          llvm::Type::getInt64Ty(context_), arguments[i]);
    }
    for (llvm::Instruction& instruction : llvm::instructions(*function)) {
      std::vector<llvm::Constant*> operands;
      for (llvm::Value* operand : instruction.operands()) {
        auto* constant = llvm::dyn_cast<llvm::Constant>(operand);
        operands.push_back(constant != nullptr ? constant : values.at(operand));
      }
      if (llvm::isa<llvm::ReturnInst>(instruction)) {
        return {Number(operands[0], 0), Number(operands[0], 1)};
      }
      values[&instruction] = llvm::ConstantFoldInstOperands(
          &instruction, operands, module_->getDataLayout());
    }
    return {};
  }

 private:
  static uint64_t Number(llvm::Constant* pair, unsigned index) {
    return llvm::cast<llvm::ConstantInt>(pair->getAggregateElement(index))
        ->getZExtValue();
  }

  llvm::LLVMContext context_;
  std::unique_ptr<llvm::Module> module_;
};

std::vector<uint64_t> Operands() {
  std::vector<uint64_t> operands = {0,
                                    1,
                                    UINT32_MAX,
                                    uint64_t{1} << 32,
                                    UINT64_MAX,
                                    UINT64_MAX - UINT32_MAX,
                                    uint64_t{1} << 63};
  std::mt19937_64 random(7);
  for (int i = 0; i < 12; ++i) operands.push_back(random() >> (i * 5));
  return operands;
}

TEST(WideProducts, RecognisesEveryOrderAndComputesTheSame) {
  const std::vector<Replacements> variants = {
      {},
      {{"CROSS1", "%b.lo, %a.hi"}, {"MID1", "%low.hi, %cross1"}},
      {{"HIGH", "%a.hi, %b.hi"}, {"SUM1", "%more, %mid1.hi"}},
      {{"COMBINE", "add"}, {"LOWER", "%low.lo, %mid2.lo"}},
      {{"B_LOW", "zext i32 %b.trunc to i64"},
       {"%a.hi = lshr", "%b.trunc = trunc i64 %b to i32\n %a.hi = lshr"}},
  };
  for (const Replacements& variant : variants) {
    const std::string text = Text(variant);
    SCOPED_TRACE(text);
    Product product(text);
    product.RunPass();
    EXPECT_EQ(product.Multiplications(), 1);
    for (uint64_t a : Operands()) {
      for (uint64_t b : Operands()) {
        const auto wide = static_cast<unsigned __int128>(a) * b;
        const std::pair<uint64_t, uint64_t> expected = {
            static_cast<uint64_t>(wide),
            static_cast<uint64_t>(wide >> 64) + 11};
        EXPECT_EQ(product.Evaluate({a, b, 11}), expected) << a << " * " << b;
      }
    }
  }
}

TEST(WideProducts, LeavesWhatIsSomethingElse) {
  const std::vector<Replacements> variants = {
      {{"SHIFT", "31"}, {"LOWER", "%mid2.lo, %more"}},
      {{"HIGH", "%b.hi, %b.hi"}, {"LOWER", "%mid2.lo, %more"}},
      {{"SUM1", "%mid1.lo, %more"}, {"LOWER", "%mid2.lo, %more"}},
      {{"CROSS1", "%b.hi, %a.lo"}},
      {{"CROSS1", "%a.hi, %a.lo"}},
      {{"MID1", "%cross1, %low.lo"}},
      {{"MID1", "%cross1, %cross1"}},
      {{"B_LOW", "and i64 %b, 2147483647"}},
      {{"B_LOW", "and i64 %a, 4294967295"}},
  };
  for (const Replacements& variant : variants) {
    const std::string text = Text(variant);
    SCOPED_TRACE(text);
    Product product(text);
    const auto before = product.Evaluate({UINT64_MAX - 5, UINT64_MAX / 3, 1});
    product.RunPass();
    EXPECT_EQ(product.Multiplications(), 4);
    EXPECT_EQ(product.Evaluate({UINT64_MAX - 5, UINT64_MAX / 3, 1}), before);
  }
}

TEST(WideProducts, TakesOneHalfWithoutTheOther) {
  Product upper(Text({{"LOWER", "%mid2.lo, %more"}}));
  upper.RunPass();
  const auto wide = static_cast<unsigned __int128>(UINT64_MAX - 9) * 123456789;
  EXPECT_EQ(upper.Evaluate({UINT64_MAX - 9, 123456789, 5}).second,
            static_cast<uint64_t>(wide >> 64) + 5);
  Product lower(Text({{"SUM1", "%mid1.lo, %more"}}));
  lower.RunPass();
  EXPECT_EQ(lower.Evaluate({UINT64_MAX - 9, 123456789, 5}).first,
            static_cast<uint64_t>(wide));
}

}  // namespace
}  // namespace wasijit::compiler
