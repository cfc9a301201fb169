#include "compiler/text/parser_context.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;

TEST(ParserContext, TakesIdentifiersAndNames) {
  ParserFixture fixture("$f (@name \"g\") $\"h i\" 1");
  const auto both = fixture.context.TakeBoundName();
  EXPECT_EQ(both.id, "f");
  EXPECT_EQ(both.annotated, "g");
  const auto quoted = fixture.context.TakeBoundName();
  EXPECT_EQ(quoted.id, "h i");
  EXPECT_FALSE(quoted.annotated.has_value());
  EXPECT_TRUE(fixture.context.TakeBoundName().IsAbsent());
  EXPECT_EQ(fixture.error(), "");
}

TEST(ParserContext, PrefersAnnotatedNames) {
  ParserFixture fixture("$f (@name \"g\") $h");
  NameMap names;
  for (int i = 0; i < 2; ++i) {
    fixture.context.Bind(fixture.context.functions,
                         fixture.context.TakeBoundName(), names);
  }
  EXPECT_EQ(names, (NameMap{{0, "g"}, {1, "h"}}));
  EXPECT_EQ(fixture.context.functions.Find("f"), 0u);
  EXPECT_EQ(fixture.context.functions.Find("g"), std::nullopt);
}

TEST(ParserContext, RefusesNamesThatAreTaken) {
  ParserFixture fixture("$f $f");
  NameMap names;
  for (int i = 0; i < 2; ++i) {
    fixture.context.Bind(fixture.context.functions,
                         fixture.context.TakeBoundName(), names);
  }
  EXPECT_THAT(fixture.error(), StartsWith("duplicate func $f, at 1:4"));
}

TEST(ParserContext, RefusesASecondAnnotation) {
  ParserFixture fixture("(@name \"a\") (@name \"b\")");
  fixture.context.TakeBoundName("module ");
  EXPECT_THAT(fixture.error(),
              StartsWith("@name annotation: multiple module names"));
}

TEST(ParserContext, ResolvesIndices) {
  ParserFixture fixture("7 $\"\\66\" (func $f) $g");
  fixture.context.functions.Add(2);
  fixture.context.functions.Bind("f", 1);
  EXPECT_EQ(fixture.context.ExpectIndex(fixture.context.functions), 7u);
  EXPECT_EQ(fixture.context.ExpectIndex(fixture.context.functions), 1u);
  EXPECT_EQ(fixture.context.ExpectIndexGroup(Keyword::kFunc,
                                             fixture.context.functions),
            1u);
  EXPECT_EQ(fixture.context.ExpectIndex(fixture.context.functions), 0u);
  EXPECT_THAT(fixture.error(), StartsWith("unknown function $g, at 1:20"));
}

TEST(LabelStack, FindsTheInnermostOfAName) {
  LabelStack labels;
  for (const char* name : {"a", "b", "", "a"}) labels.Push(name);
  EXPECT_EQ(labels.Find("a"), 0u);
  EXPECT_EQ(labels.Find("b"), 2u);
  EXPECT_EQ(labels.Find("c"), std::nullopt);
  EXPECT_EQ(labels.NameOf(3), "a");
  EXPECT_EQ(labels.NameOf(4), "");
  labels.Pop();
  EXPECT_EQ(labels.Find("a"), 2u);
  labels.Pop();
  labels.Pop();
  EXPECT_EQ(labels.Find("b"), std::nullopt);
  labels.Pop();
  EXPECT_EQ(labels.Find("a"), std::nullopt);
  EXPECT_EQ(labels.size(), 0u);
}

}  // namespace
}  // namespace wasijit::compiler
