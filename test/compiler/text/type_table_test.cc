#include "compiler/text/type_table.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

const FuncType kNullary = {};
const FuncType kUnary = {{ValueType::I32()}, {}};
const FuncType kThunk = {{}, {ValueType::I32()}};

SubType Definition(const FuncType& type) {
  SubType definition;
  definition.composite = type;
  return definition;
}

TEST(TypeTable, FindsTheFirstDefinition) {
  Module module;
  TypeTable table(module);
  table.AddGroup({Definition(kUnary)});
  table.AddGroup({Definition(kUnary)});
  EXPECT_EQ(table.IndexOf(kUnary), 0u);
  EXPECT_EQ(module.types.size(), 2u);
}

TEST(TypeTable, AddsWhatIsMissingOnce) {
  Module module;
  TypeTable table(module);
  EXPECT_EQ(table.IndexOf(kUnary), 0u);
  EXPECT_EQ(table.IndexOf(kThunk), 1u);
  EXPECT_EQ(table.IndexOf(kUnary), 0u);
  EXPECT_EQ(table.IndexOf(kNullary), 2u);
  EXPECT_EQ(module.rec_groups.size(), 3u);
  EXPECT_EQ(module.rec_groups[1], (RecGroup{1, 1}));
}

TEST(TypeTable, PassesOverWhatIsNotTheSameType) {
  Module module;
  TypeTable table(module);
  // In a group with others, not final, with a supertype.
  table.AddGroup({Definition(kUnary), Definition(kThunk)});
  SubType open = Definition(kUnary);
  open.is_final = false;
  table.AddGroup({open});
  SubType derived = Definition(kUnary);
  derived.supertype = 2;
  table.AddGroup({derived});
  EXPECT_EQ(table.IndexOf(kUnary), 4u);
}

TEST(TypeTable, PassesOverTypesThatReferToThemselves) {
  Module module;
  TypeTable table(module);
  const FuncType recursive = {
      {ValueType::Ref(HeapType::Concrete(0), /*nullable=*/true)}, {}};
  table.AddGroup({Definition(recursive)});
  EXPECT_EQ(table.IndexOf(recursive), 1u);
  EXPECT_EQ(table.IndexOf(recursive), 1u);
}

TEST(TypeTable, FindsOnlyFunctionTypes) {
  Module module;
  TypeTable table(module);
  SubType structure;
  structure.composite = StructType();
  table.AddGroup({structure});
  table.AddGroup({Definition(kUnary)});
  EXPECT_EQ(table.FindFuncType(0), nullptr);
  ASSERT_NE(table.FindFuncType(1), nullptr);
  EXPECT_EQ(*table.FindFuncType(1), kUnary);
  EXPECT_EQ(table.FindFuncType(2), nullptr);
}

}  // namespace
}  // namespace wasijit::compiler
