#include "runtime/module/types.h"

#include <cstdint>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(ValueType, KeepsItsParts) {
  for (bool nullable : {false, true}) {
    for (bool exact : {false, true}) {
      for (uint32_t index : {0u, 1u, 63u, 64u, 999'999u, kMaxTypeIndex}) {
        const ValueType type =
            ValueType::Ref(HeapType::Concrete(index, exact), nullable);
        EXPECT_TRUE(type.IsRef());
        EXPECT_EQ(type.IsNullable(), nullable);
        EXPECT_EQ(type.IsDefaultable(), nullable);
        EXPECT_TRUE(type.heap_type().IsConcrete());
        EXPECT_EQ(type.heap_type().IsExact(), exact);
        EXPECT_EQ(type.heap_type().type_index(), index);
        EXPECT_EQ(ValueType::FromBits(type.bits()), type);
      }
    }
  }
}

TEST(ValueType, DistinguishesTypes) {
  const ValueType kTypes[] = {
      ValueType(),
      ValueType::I32(),
      ValueType::I64(),
      ValueType::F32(),
      ValueType::F64(),
      ValueType::V128(),
      ValueType::FuncRef(),
      ValueType::ExternRef(),
      ValueType::Ref(AbstractHeapType::kFunc, false),
      ValueType::Ref(HeapType::Concrete(0), false),
      ValueType::Ref(HeapType::Concrete(0), true),
      ValueType::Ref(HeapType::Concrete(0, true), true),
      ValueType::Ref(HeapType::Concrete(1), true),
  };
  for (const ValueType& a : kTypes) {
    for (const ValueType& b : kTypes) EXPECT_EQ(a == b, &a == &b);
  }
}

TEST(HeapType, TurnsIndicesOutOfRangeIntoOneThatNoModuleHas) {
  EXPECT_EQ(HeapType::Concrete(UINT32_MAX).type_index(), kMaxTypeIndex);
}

TEST(ValueType, RefusesBitsThatAreNoType) {
  const ValueType abstract = ValueType::Ref(AbstractHeapType::kNoExn, true);
  EXPECT_EQ(ValueType::FromBits(abstract.bits()), abstract);
  // A kind that does not exist; a number with a heap type; an exact abstract
  // type; an abstract type that does not exist.
  EXPECT_EQ(ValueType::FromBits(7), std::nullopt);
  EXPECT_EQ(ValueType::FromBits(ValueType::I32().bits() | 64), std::nullopt);
  EXPECT_EQ(ValueType::FromBits(abstract.bits() | 16), std::nullopt);
  EXPECT_EQ(ValueType::FromBits(abstract.bits() | 0xff00), std::nullopt);
}

TEST(ToString, WritesValueTypesAsTheTextFormatDoes) {
  const struct {
    ValueType type;
    std::string text;
  } kCases[] = {
      {ValueType::I32(), "i32"},
      {ValueType::V128(), "v128"},
      {ValueType::FuncRef(), "funcref"},
      {ValueType::ExternRef(), "externref"},
      {ValueType::Ref(AbstractHeapType::kNone, true), "nullref"},
      {ValueType::Ref(AbstractHeapType::kNoExn, true), "nullexnref"},
      {ValueType::Ref(AbstractHeapType::kI31, false), "(ref i31)"},
      {ValueType::Ref(HeapType::Concrete(3), true), "(ref null 3)"},
      {ValueType::Ref(HeapType::Concrete(3, true), false), "(ref (exact 3))"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ToString(c.type), c.text);
}

TEST(ToString, WritesDefinitionsAsTheTextFormatDoes) {
  const ValueType i32 = ValueType::I32();
  FuncType func;
  func.params = {i32, ValueType::FuncRef()};
  func.results = {ValueType::F64()};
  StructType structure;
  structure.fields = {{{i32, PackedType::kI8}, true}, {{i32}, false}};
  SubType sub;
  sub.composite = structure;
  sub.is_final = false;
  sub.supertype = 4;
  sub.describes = 1;
  sub.descriptor = 3;
  SubType plain;
  plain.composite = ArrayType{{{i32, PackedType::kI16}, false}};
  SubType open = plain;
  open.is_final = false;
  EXPECT_EQ(ToString(func), "(func (param i32 funcref) (result f64))");
  EXPECT_EQ(ToString(FuncType()), "(func)");
  EXPECT_EQ(ToString(sub),
            "(sub 4 (describes 1) (descriptor 3) (struct (field (mut i8)) "
            "(field i32)))");
  EXPECT_EQ(ToString(plain), "(array i16)");
  EXPECT_EQ(ToString(open), "(sub (array i16))");
}

TEST(ToString, WritesExternTypesAsTheTextFormatDoes) {
  const Limits limits{.min = 1, .max = 2, .is64 = false};
  const struct {
    ExternType type;
    std::string text;
  } kCases[] = {
      {FunctionExternType{7, false}, "(func (type 7))"},
      {FunctionExternType{7, true}, "(func (exact (type 7)))"},
      {TableType{ValueType::FuncRef(), limits}, "(table 1 2 funcref)"},
      {MemoryType{limits, true, kDefaultPageSizeLog2}, "(memory 1 2 shared)"},
      {MemoryType{{.min = 3, .max = {}, .is64 = true}, false, 0},
       "(memory i64 3 (pagesize 1))"},
      {GlobalType{ValueType::I64(), true}, "(global (mut i64))"},
      {TagType{5}, "(tag (type 5))"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ToString(c.type), c.text);
}

TEST(TopOf, GivesTheRootOfTheHierarchy) {
  using enum AbstractHeapType;
  for (AbstractHeapType type : {kFunc, kNoFunc}) EXPECT_EQ(TopOf(type), kFunc);
  for (AbstractHeapType type : {kExtern, kNoExtern}) {
    EXPECT_EQ(TopOf(type), kExtern);
  }
  for (AbstractHeapType type : {kExn, kNoExn}) EXPECT_EQ(TopOf(type), kExn);
  for (AbstractHeapType type : {kAny, kEq, kI31, kStruct, kArray, kNone}) {
    EXPECT_EQ(TopOf(type), kAny);
  }
  EXPECT_EQ(TopOf(kBottom), kBottom);
}

}  // namespace
}  // namespace wasijit
