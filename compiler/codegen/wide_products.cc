#include "compiler/codegen/wide_products.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/IR/Value.h"
#include "llvm/Transforms/Utils/Local.h"

namespace wasijit::compiler {
namespace {

namespace match = llvm::PatternMatch;

constexpr uint64_t kLowHalf = UINT32_MAX;
// Sums of more terms are not looked through.
constexpr size_t kMaxTerms = 12;

// What `value` is the lower half of, zero-extended; null if of nothing.
llvm::Value* LowHalfOf(llvm::Value* value) {
  llvm::Value* whole;
  if (match::match(value, match::m_c_And(match::m_Value(whole),
                                         match::m_SpecificInt(kLowHalf)))) {
    return whole;
  }
  if (match::match(value,
                   match::m_ZExt(match::m_Trunc(match::m_Value(whole)))) &&
      llvm::cast<llvm::ZExtInst>(value)->getSrcTy()->isIntegerTy(32)) {
    return whole;
  }
  return nullptr;
}

llvm::Value* HighHalfOf(llvm::Value* value) {
  llvm::Value* whole;
  return match::match(value, match::m_LShr(match::m_Value(whole),
                                           match::m_SpecificInt(32)))
             ? whole
             : nullptr;
}

bool IsLowHalf(llvm::Value* value, llvm::Value* whole) {
  return LowHalfOf(value) == whole;
}
bool IsHighHalf(llvm::Value* value, llvm::Value* whole) {
  return HighHalfOf(value) == whole;
}

// Whether `value` is hi(a) * lo(b).
bool IsCrossProduct(llvm::Value* value, llvm::Value* a, llvm::Value* b) {
  llvm::Value* x;
  llvm::Value* y;
  if (!match::match(value, match::m_Mul(match::m_Value(x), match::m_Value(y))))
    return false;
  return (IsHighHalf(x, a) && IsLowHalf(y, b)) ||
         (IsHighHalf(y, a) && IsLowHalf(x, b));
}

bool IsHighProduct(llvm::Value* value, llvm::Value* a, llvm::Value* b) {
  llvm::Value* x;
  llvm::Value* y;
  if (!match::match(value, match::m_Mul(match::m_Value(x), match::m_Value(y))))
    return false;
  return (IsHighHalf(x, a) && IsHighHalf(y, b)) ||
         (IsHighHalf(y, a) && IsHighHalf(x, b));
}

// The names are those of the algorithm in the header.
struct WideProduct {
  llvm::Value* a;
  llvm::Value* b;
  llvm::Value* low;
  llvm::Value* mid1;
  llvm::BinaryOperator* mid2;
};

// The operands of `low`, either way around, complete the product.
std::optional<WideProduct> MatchFactors(llvm::Value* low, llvm::Value* mid1,
                                        llvm::Value* cross1,
                                        llvm::BinaryOperator* mid2,
                                        llvm::Value* cross2) {
  llvm::Value* x;
  llvm::Value* y;
  if (!match::match(low, match::m_Mul(match::m_Value(x), match::m_Value(y))))
    return std::nullopt;
  llvm::Value* a = LowHalfOf(x);
  llvm::Value* b = LowHalfOf(y);
  if (a == nullptr || b == nullptr) return std::nullopt;
  if (!IsCrossProduct(cross1, a, b)) std::swap(a, b);
  if (!IsCrossProduct(cross1, a, b) || !IsCrossProduct(cross2, b, a)) {
    return std::nullopt;
  }
  return WideProduct{a, b, low, mid1, mid2};
}

std::optional<WideProduct> MatchProduct(llvm::BinaryOperator* mid2) {
  if (mid2->getOpcode() != llvm::Instruction::Add ||
      !mid2->getType()->isIntegerTy(64)) {
    return std::nullopt;
  }
  for (unsigned i = 0; i < 2; ++i) {
    llvm::Value* mid1 = LowHalfOf(mid2->getOperand(i));
    llvm::Value* first;
    llvm::Value* second;
    if (mid1 == nullptr ||
        !match::match(mid1, match::m_Add(match::m_Value(first),
                                         match::m_Value(second)))) {
      continue;
    }
    for (auto [part, cross1] : {std::pair(first, second), {second, first}}) {
      llvm::Value* low = HighHalfOf(part);
      if (low == nullptr) continue;
      if (auto product =
              MatchFactors(low, mid1, cross1, mid2, mid2->getOperand(1 - i))) {
        return product;
      }
    }
  }
  return std::nullopt;
}

bool IsAdd(const llvm::Value* value) {
  const auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(value);
  return operation != nullptr &&
         operation->getOpcode() == llvm::Instruction::Add;
}

// The outermost sum that `value` is a term of.
llvm::Instruction* SumWith(llvm::Instruction* value) {
  while (value->hasOneUse() && IsAdd(value->user_back())) {
    value = value->user_back();
  }
  return value;
}

using Terms = llvm::SmallVector<llvm::Value*, kMaxTerms>;

// What a sum adds up; empty if that is too much.
Terms TermsOf(llvm::Instruction* sum) {
  Terms pending = {sum};
  Terms terms;
  while (!pending.empty()) {
    llvm::Value* value = pending.pop_back_val();
    if (IsAdd(value) && (value == sum || value->hasOneUse())) {
      auto* addition = llvm::cast<llvm::Instruction>(value);
      pending.append({addition->getOperand(1), addition->getOperand(0)});
    } else {
      terms.push_back(value);
    }
    if (terms.size() + pending.size() > kMaxTerms) return {};
  }
  return terms;
}

template <typename Predicate>
bool TakeTerm(Terms& terms, Predicate is_wanted) {
  auto* found = std::find_if(terms.begin(), terms.end(), is_wanted);
  if (found == terms.end()) return false;
  terms.erase(found);
  return true;
}

class Rewriter {
 public:
  explicit Rewriter(const WideProduct& product)
      : product_(product), b_(product.mid2->getNextNode()) {}

  // Appends what became unused. Whether anything changed.
  bool Rewrite(llvm::SmallVectorImpl<llvm::WeakTrackingVH>& unused) {
    const llvm::SmallVector<llvm::User*, 4> users(product_.mid2->users());
    for (llvm::User* user : users) {
      auto* part = llvm::dyn_cast<llvm::Instruction>(user);
      if (part == nullptr) continue;
      if (IsHighHalf(part, product_.mid2)) ReplaceUpper(part, unused);
      if (match::match(part, match::m_Shl(match::m_Specific(product_.mid2),
                                          match::m_SpecificInt(32)))) {
        ReplaceLower(part, unused);
      }
    }
    return wide_ != nullptr;
  }

 private:
  llvm::Value* Wide() {
    if (wide_ == nullptr) {
      wide_ = b_.CreateMul(b_.CreateZExt(product_.a, b_.getInt128Ty()),
                           b_.CreateZExt(product_.b, b_.getInt128Ty()));
    }
    return wide_;
  }

  // A sum that contains the three terms of the upper half.
  void ReplaceUpper(llvm::Instruction* high_mid2,
                    llvm::SmallVectorImpl<llvm::WeakTrackingVH>& unused) {
    llvm::Instruction* sum = SumWith(high_mid2);
    if (!IsAdd(sum)) return;
    Terms terms = TermsOf(sum);
    const bool complete =
        TakeTerm(terms, [&](auto* term) { return term == high_mid2; }) &&
        TakeTerm(terms,
                 [&](auto* term) { return IsHighHalf(term, product_.mid1); }) &&
        TakeTerm(terms, [&](auto* term) {
          return IsHighProduct(term, product_.a, product_.b);
        });
    if (!complete) return;
    llvm::Value* wide = Wide();
    llvm::IRBuilder<> b(sum);
    llvm::Value* result = b.CreateTrunc(b.CreateLShr(wide, 64), b.getInt64Ty());
    for (llvm::Value* term : terms) result = b.CreateAdd(result, term);
    sum->replaceAllUsesWith(result);
    unused.emplace_back(sum);
  }

  // The combination of `shifted`, which is lo(mid2) moved up, and lo(low).
  void ReplaceLower(llvm::Instruction* shifted,
                    llvm::SmallVectorImpl<llvm::WeakTrackingVH>& unused) {
    const llvm::SmallVector<llvm::User*, 4> users(shifted->users());
    for (llvm::User* user : users) {
      llvm::Value* other;
      const auto shift = match::m_Specific(shifted);
      const auto rest = match::m_Value(other);
      const bool combines = match::match(user, match::m_c_Or(shift, rest)) ||
                            match::match(user, match::m_c_Add(shift, rest));
      if (!combines || !IsLowHalf(other, product_.low)) continue;
      auto* lower = llvm::cast<llvm::Instruction>(user);
      llvm::Value* wide = Wide();
      llvm::IRBuilder<> b(lower);
      lower->replaceAllUsesWith(b.CreateTrunc(wide, b.getInt64Ty()));
      unused.emplace_back(lower);
    }
  }

  const WideProduct& product_;
  llvm::IRBuilder<> b_;
  llvm::Value* wide_ = nullptr;
};

}  // namespace

llvm::PreservedAnalyses WideProductsPass::run(
    llvm::Function& function, llvm::FunctionAnalysisManager& /*analyses*/) {
  llvm::SmallVector<llvm::BinaryOperator*, 64> operations;
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (auto* operation = llvm::dyn_cast<llvm::BinaryOperator>(&instruction)) {
      operations.push_back(operation);
    }
  }
  llvm::SmallVector<llvm::WeakTrackingVH, 8> unused;
  bool changed = false;
  for (llvm::BinaryOperator* operation : operations) {
    if (const auto product = MatchProduct(operation)) {
      changed |= Rewriter(*product).Rewrite(unused);
    }
  }
  llvm::RecursivelyDeleteTriviallyDeadInstructionsPermissive(unused);
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

}  // namespace wasijit::compiler
