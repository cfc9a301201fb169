#include "compiler/lowering/llvm_types.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/ConstantRange.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/raw_ostream.h"
#include "runtime/abi/calling_convention.h"
#include "runtime/module/module.h"
#include "runtime/module/types.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;

std::string Text(llvm::Type* type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type->print(stream);
  return text;
}

TEST(LlvmTypes, AreThoseOfValuesInsideAndBetweenFunctions) {
  const struct {
    ValueType type;
    const char* inside;
    const char* between;
  } kCases[] = {
      {ValueType::I32(), "i32", "i64"},
      {ValueType::I64(), "i64", "i64"},
      {ValueType::F32(), "float", "float"},
      {ValueType::F64(), "double", "double"},
      {ValueType::V128(), "<16 x i8>", "<16 x i8>"},
      {ValueType::FuncRef(), "ptr", "ptr"},
      {ValueType::ExternRef(), "ptr", "ptr"},
      {ValueType::Ref(AbstractHeapType::kAny, true), "i32", "i64"},
      {ValueType::Ref(AbstractHeapType::kI31, false), "i32", "i64"},
      {ValueType::Ref(HeapType::Concrete(0), true), "ptr", "ptr"},
      {ValueType::Ref(HeapType::Concrete(1), true), "i32", "i64"},
  };
  llvm::LLVMContext context;
  Module module;
  module.types.resize(2);
  module.types[1].composite = StructType();
  for (const auto& test : kCases) {
    EXPECT_EQ(Text(LlvmType(context, module, test.type)), test.inside);
    EXPECT_EQ(Text(TransferType(context, module, test.type)), test.between);
  }
}

TEST(NativeSignature, PassesValuesInRegistersThenInTheBuffer) {
  constexpr ValueType i = ValueType::I32();
  constexpr ValueType l = ValueType::I64();
  constexpr ValueType f = ValueType::F32();
  constexpr ValueType d = ValueType::F64();
  constexpr ValueType v = ValueType::V128();
  constexpr ValueType r = ValueType::ExternRef();
  const struct {
    FuncType type;
    const char* expected;
  } kCases[] = {
      {{{}, {}}, "void (ptr)"},
      {{{i}, {i}}, "i64 (ptr, i64)"},
      {{{f, d, v, r}, {v}}, "<16 x i8> (ptr, float, double, <16 x i8>, ptr)"},
      {{{}, {i, f}}, "{ i64, float } (ptr)"},
      // Six integers or references and eight floats or vectors; the rest goes
      // through the buffer.
      {{{i, i, i, l, l, r, i, f}, {}},
       "void (ptr, i64, i64, i64, i64, i64, ptr, float)"},
      {{{f, f, f, f, d, d, d, v, d, i}, {}},
       "void (ptr, float, float, float, float, double, double, double, "
       "<16 x i8>, i64)"},
      // Four of each.
      {{{}, {i, i, i, i, i, f, f, f, f, f}},
       "{ i64, i64, i64, i64, float, float, float, float } (ptr)"},
  };
  llvm::LLVMContext context;
  const Module module;
  for (const auto& test : kCases) {
    const NativeSignature signature =
        NativeSignature::Natural(context, module, test.type);
    EXPECT_EQ(Text(signature.type), test.expected);
  }
}

TEST(NativeSignature, SaysWhereEachValueIs) {
  FuncType type;
  type.params.assign(8, ValueType::I32());
  type.params.insert(type.params.begin() + 1, ValueType::F64());
  type.results.assign(5, ValueType::I64());
  llvm::LLVMContext context;
  const Module module;
  const NativeSignature signature =
      NativeSignature::Natural(context, module, type);
  ASSERT_EQ(signature.arguments.size(), 9u);
  // The first parameter is the context.
  EXPECT_THAT(signature.parameter_numbers,
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 0, 0));
  EXPECT_EQ(signature.arguments[1].kind, ValueLocation::Kind::kVectorRegister);
  EXPECT_EQ(signature.arguments[7].kind, ValueLocation::Kind::kBuffer);
  EXPECT_EQ(signature.arguments[7].index, 0u);
  EXPECT_EQ(signature.arguments[8].index, 1u);
  EXPECT_EQ(signature.register_results, 4u);
  EXPECT_EQ(signature.results[3].kind, ValueLocation::Kind::kIntegerRegister);
  EXPECT_EQ(signature.results[4].kind, ValueLocation::Kind::kBuffer);
  EXPECT_EQ(signature.result_numbers[3], 3u);
}

TEST(NativeSignature, PinsTheContextAndKnowsTheRangeOfI32) {
  llvm::LLVMContext context;
  const Module module;
  const NativeSignature signature = NativeSignature::Natural(
      context, module,
      {{ValueType::I32(), ValueType::I64()}, {ValueType::I32()}});
  const llvm::AttributeList& attributes = signature.attributes;
  EXPECT_TRUE(attributes.hasParamAttr(0, llvm::Attribute::SwiftSelf));
  EXPECT_TRUE(attributes.hasParamAttr(0, llvm::Attribute::NonNull));
  // References come in through imports behind LLVM's back.
  EXPECT_FALSE(attributes.hasParamAttr(0, llvm::Attribute::NoAlias));
  for (unsigned parameter : {0u, 1u, 2u}) {
    EXPECT_TRUE(attributes.hasParamAttr(parameter, llvm::Attribute::NoUndef));
  }
  const auto is_u32 = [](const llvm::Attribute& attribute) {
    return attribute.isValid() && attribute.getRange().getLower().isZero() &&
           attribute.getRange().getUpper() == uint64_t{1} << 32;
  };
  EXPECT_TRUE(is_u32(attributes.getParamAttr(1, llvm::Attribute::Range)));
  EXPECT_FALSE(attributes.hasParamAttr(2, llvm::Attribute::Range));
  EXPECT_TRUE(
      is_u32(attributes.getRetAttrs().getAttribute(llvm::Attribute::Range)));
}

// Functions in tail calls all have one type, whatever their own, so that
// `musttail` is possible between any two of them.
TEST(NativeSignature, UniversalPrototypesOfEqualResultsAreEqual) {
  constexpr ValueType i = ValueType::I32();
  constexpr ValueType f = ValueType::F32();
  const std::vector<ValueType> kParams[] = {
      {},
      {i},
      {f, i},
      {ValueType::V128(), ValueType::FuncRef()},
      std::vector<ValueType>(20, i)};
  llvm::LLVMContext context;
  const Module module;
  for (const std::vector<ValueType>& results :
       {std::vector<ValueType>{}, std::vector<ValueType>{i},
        std::vector<ValueType>{i, f}}) {
    const NativeSignature natural =
        NativeSignature::Natural(context, module, {{}, results});
    const NativeSignature first =
        NativeSignature::Universal(context, module, {kParams[0], results});
    EXPECT_EQ(first.type->getReturnType(), natural.type->getReturnType());
    // The context, six integers, eight vectors.
    EXPECT_EQ(first.type->getNumParams(), 15u);
    for (const std::vector<ValueType>& params : kParams) {
      const NativeSignature other =
          NativeSignature::Universal(context, module, {params, results});
      EXPECT_EQ(other.type, first.type);
      // Values are in the same registers as without tail calls.
      const NativeSignature same =
          NativeSignature::Natural(context, module, {params, results});
      ASSERT_EQ(other.arguments.size(), same.arguments.size());
      for (size_t n = 0; n < other.arguments.size(); ++n) {
        EXPECT_EQ(other.arguments[n].kind, same.arguments[n].kind);
        EXPECT_EQ(other.arguments[n].index, same.arguments[n].index);
      }
    }
  }
}

}  // namespace
}  // namespace wasijit::compiler
