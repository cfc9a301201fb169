#include "compiler/text/identifiers.h"

#include "gtest/gtest.h"

namespace wasijit::compiler {
namespace {

TEST(SpaceIdentifiers, UsesNamesThatAreUnique) {
  const SpaceIdentifiers space(
      {{0, "f"}, {1, "twice"}, {2, ""}, {3, "a b"}, {5, "twice"}});
  EXPECT_EQ(space.Reference(0), "$f");
  EXPECT_EQ(space.Reference(1), "1");
  EXPECT_EQ(space.Reference(2), "2");
  EXPECT_EQ(space.Reference(3), "$\"a b\"");
  EXPECT_EQ(space.Reference(4), "4");
}

TEST(SpaceIdentifiers, AnnotatesOtherNames) {
  const SpaceIdentifiers space({{0, "f"}, {1, "twice"}, {2, ""}, {3, "twice"}});
  EXPECT_EQ(space.Binding(0), " $f");
  EXPECT_EQ(space.Binding(1), " (@name \"twice\")");
  EXPECT_EQ(space.Binding(2), " (@name \"\")");
  EXPECT_EQ(space.Binding(4), "");
}

TEST(Identifiers, NameTypes) {
  NameSection names;
  names.types = {{1, "t"}};
  const Identifiers identifiers(names);
  EXPECT_EQ(identifiers.Text(ValueType::I32()), "i32");
  EXPECT_EQ(identifiers.Text(ValueType::FuncRef()), "funcref");
  EXPECT_EQ(identifiers.Text(ValueType::Ref(HeapType::Concrete(1), true)),
            "(ref null $t)");
  EXPECT_EQ(identifiers.Text(ValueType::Ref(HeapType::Concrete(2), false)),
            "(ref 2)");
  EXPECT_EQ(
      identifiers.Text(ValueType::Ref(HeapType::Concrete(1, true), false)),
      "(ref (exact $t))");
  EXPECT_EQ(identifiers.Text(FieldType{{ValueType::I32(), PackedType::kI8},
                                       /*is_mutable=*/true}),
            "(mut i8)");
}

}  // namespace
}  // namespace wasijit::compiler
