#include "compiler/text/type_parser.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/types.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::StartsWith;

// Types print as they are written, indices apart.
TEST(ParseValueType, ReadsWhatToStringWrites) {
  for (const char* text : {"i32",
                           "i64",
                           "f32",
                           "f64",
                           "v128",
                           "funcref",
                           "externref",
                           "anyref",
                           "eqref",
                           "i31ref",
                           "structref",
                           "arrayref",
                           "exnref",
                           "nullref",
                           "nullfuncref",
                           "nullexternref",
                           "nullexnref",
                           "(ref func)",
                           "(ref none)",
                           "(ref null 3)",
                           "(ref 3)",
                           "(ref (exact 3))",
                           "(ref null (exact 3))"}) {
    ParserFixture fixture(text);
    EXPECT_EQ(ToString(ParseValueType(fixture.context)), text);
    EXPECT_EQ(fixture.error(), "") << text;
    EXPECT_TRUE(fixture.cursor.AtEnd()) << text;
  }
}

TEST(ParseValueType, RejectsOthers) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"func", "unexpected token func"},
      {"anyfunc", "unknown operator anyfunc"},
      {"(ref)", "unexpected token )"},
      {"(ref null)", "unexpected token )"},
      {"(ref i32)", "unexpected token i32"},
      {"(ref (exact any))", "unexpected token any"},
      {"(ref exact 0)", "unexpected token exact"},
      {"(exact 0)", "unexpected token (exact"},
      {"(ref $t)", "unknown type $t"},
      {"i8", "unexpected token i8"},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    ParseValueType(fixture.context);
    EXPECT_THAT(fixture.error(), StartsWith(test.error)) << test.text;
  }
}

// It is written before the error is looked at.
TEST(ParseHeapType, GivesATypeWithACodeAfterAnError) {
  for (const char* text : {"ext2n", "(sub)", "", "(exact x)", "\"any\""}) {
    ParserFixture fixture(text);
    const HeapType type = ParseHeapType(fixture.context);
    EXPECT_NE(fixture.error(), "") << text;
    EXPECT_FALSE(type.IsAbstract() && type.Is(AbstractHeapType::kBottom))
        << text;
  }
}

TEST(ParseMemoryType, ReadsWhatToStringWrites) {
  for (const char* text : {"1", "0 5", "i64 1 2", "1 2 shared",
                           "0 (pagesize 1)", "i64 0 9 shared (pagesize 1)"}) {
    ParserFixture fixture(text);
    const bool is64 = TakeAddressType64(fixture.context);
    EXPECT_EQ(ToString(ParseMemoryType(fixture.context, is64)), text);
    EXPECT_EQ(fixture.error(), "") << text;
  }
}

TEST(ParseMemoryType, ChecksLimitsAndPageSizes) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"18446744073709551616", "i64 constant out of range"},
      {"-1", "unexpected token -1"},
      {"1 (pagesize 3)", "invalid custom page size"},
      {"1 (pagesize 0)", "invalid custom page size"},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    ParseMemoryType(fixture.context, false);
    EXPECT_THAT(fixture.error(), StartsWith(test.error)) << test.text;
  }
}

TEST(ParseMemoryType, HasNarrowLimitsWithoutMemory64) {
  ParserFixture fixture("4294967296");
  fixture.context.features.Remove(Feature::kMemory64);
  ParseMemoryType(fixture.context, false);
  EXPECT_THAT(fixture.error(), StartsWith("i32 constant out of range"));
}

TEST(ParseTableType, ReadsLimitsAndElements) {
  ParserFixture fixture("i64 1 2 (ref null extern)");
  const bool is64 = TakeAddressType64(fixture.context);
  EXPECT_EQ(ToString(ParseTableType(fixture.context, is64)),
            "i64 1 2 externref");
}

TEST(ParseGlobalType, ReadsMutability) {
  ParserFixture fixture("(mut f64) i32");
  EXPECT_EQ(ToString(ParseGlobalType(fixture.context)), "(mut f64)");
  EXPECT_EQ(ToString(ParseGlobalType(fixture.context)), "i32");
}

TEST(ParseSignature, CollectsNames) {
  ParserFixture fixture(
      "(param i32 i64) (param $x f32) (param) (param (@name \"y\") f64) "
      "(result i32) (result i64 i64)");
  std::vector<NamedLocal> names;
  const FuncType type = ParseSignature(fixture.context, &names);
  EXPECT_EQ(fixture.error(), "");
  EXPECT_EQ(ToString(type),
            "(func (param i32 i64 f32 f64) (result i32 i64 i64))");
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].index, 2u);
  EXPECT_EQ(names[0].name.id, "x");
  EXPECT_EQ(names[1].index, 3u);
  EXPECT_EQ(names[1].name.annotated, "y");
}

TEST(ParseSignature, RefusesNamesWhereNothingCouldUseThem) {
  ParserFixture fixture("(param $x i32)");
  ParseSignature(fixture.context, nullptr);
  EXPECT_THAT(fixture.error(), StartsWith("unexpected token $x"));
}

// Type 0 is (func (param i32)).
TEST(ParseTypeUse, ComparesWhatIsRepeatedInline) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"(type 0)", ""},
      {"(type 0) (param i32)", ""},
      {"(type 0) (param i64)", "inline function type"},
      {"(type 0) (param i32) (result i32)", "inline function type"},
      {"(type 9)", ""},
      {"(type 9) (param i32)", "unknown type"},
      {"(type 0) (result i32) (param i32)", "unexpected token (param"},
      {"(param i32) (type 0)", "unexpected token (type"},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    fixture.context.type_table.IndexOf({{ValueType::I32()}, {}});
    ParseTypeUse(fixture.context, nullptr);
    EXPECT_THAT(fixture.error(), StartsWith(test.error)) << test.text;
    EXPECT_EQ(fixture.error().empty(), *test.error == '\0') << test.text;
  }
}

TEST(ParseTypeUse, AddsInlineTypes) {
  ParserFixture fixture("(param i64) (type 0)");
  EXPECT_EQ(fixture.context.type_table.IndexOf({}), 0u);
  const FuncType signature = {{ValueType::I64()}, {}};
  EXPECT_EQ(fixture.context.type_table.IndexOf(signature), 1u);
  fixture.cursor.Seek(4);
  EXPECT_EQ(ParseTypeUse(fixture.context, nullptr).type, 0u);
  EXPECT_TRUE(fixture.context.module.types[0].func()->params.empty());
}

TEST(ParseBlockType, IsAsShortAsPossible) {
  const struct {
    const char* text;
    BlockType type;
  } kCases[] = {
      {"", BlockType::Empty()},
      {"(result)", BlockType::Empty()},
      {"(param) (result)", BlockType::Empty()},
      {"(result i32)", BlockType::Value(ValueType::I32())},
      {"(type 0)", BlockType::Type(0)},
      {"(param i32)", BlockType::Type(1)},
      {"(result i32 i32)", BlockType::Type(1)},
  };
  for (const auto& test : kCases) {
    ParserFixture fixture(test.text);
    fixture.context.type_table.IndexOf({});
    EXPECT_EQ(ParseBlockType(fixture.context), test.type) << test.text;
    EXPECT_EQ(fixture.error(), "") << test.text;
  }
}

// Behind "(type".
TEST(ParseTypeField, ReadsWhatToStringWrites) {
  for (const std::string text :
       {"(func (param i32) (result i64))", "(struct)",
        "(struct (field i32) (field (mut i8)))", "(array (mut anyref))",
        "(sub (struct))", "(sub final 0 (array i16))", "(sub 0 (func))",
        "(descriptor 1) (struct)", "(describes 0) (descriptor 2) (struct)",
        "(sub 0 (describes 0) (struct))"}) {
    ParserFixture fixture(text + ")");
    ParseTypeField(fixture.context, 0);
    EXPECT_EQ(fixture.error(), "") << text;
    ASSERT_EQ(fixture.context.module.types.size(), 1u) << text;
    // Read again, what is printed gives the same type.
    ParserFixture again(ToString(fixture.context.module.types[0]) + ")");
    ParseTypeField(again.context, 0);
    EXPECT_EQ(again.error(), "") << text;
    ASSERT_EQ(again.context.module.types.size(), 1u) << text;
    EXPECT_EQ(again.context.module.types[0], fixture.context.module.types[0])
        << text;
  }
}

TEST(ParseTypeField, BindsFields) {
  ParserFixture fixture(
      "(struct (field i32 i64) (field $x f32) (field (@name \"y\") i8)))");
  ParseTypeField(fixture.context, 0);
  EXPECT_EQ(fixture.error(), "");
  EXPECT_EQ(fixture.context.fields.at(0).Find("x"), 2u);
  EXPECT_EQ(fixture.context.names.fields,
            (IndirectNameMap{{0, {{2, "x"}, {3, "y"}}}}));
  ParserFixture twice("(struct (field $x i32) (field $x i32)))");
  ParseTypeField(twice.context, 0);
  EXPECT_THAT(twice.error(), StartsWith("duplicate field $x"));
}

TEST(ParseTypeField, RejectsClausesOutOfOrder) {
  for (const char* text : {"(descriptor 1) (describes 0) (struct))",
                           "(descriptor 1) (descriptor 1) (struct))",
                           "(sub 0 0 (struct)))", "i32)", "(fun))"}) {
    ParserFixture fixture(text);
    ParseTypeField(fixture.context, 0);
    EXPECT_NE(fixture.error(), "") << text;
  }
}

TEST(ParseRecField, MakesOneGroup) {
  ParserFixture fixture("(type $a (struct)) (type (array i8)))");
  ParseRecField(fixture.context, 0);
  EXPECT_EQ(fixture.error(), "");
  EXPECT_EQ(fixture.context.module.rec_groups, (std::vector<RecGroup>{{0, 2}}));
}

}  // namespace
}  // namespace wasijit::compiler
