#include "compiler/text/field_parser.h"

#include <string>
#include <variant>
#include <vector>

#include "compiler/text/declarations.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/compiler/text/parser_fixture.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

struct Fields {
  explicit Fields(absl::string_view text) : fixture(text) {
    ParseDeclarations(fixture.context);
    FieldParser parser(fixture.context);
    while (!fixture.cursor.AtEnd()) parser.ParseField();
  }

  const Module& module() const { return fixture.context.module; }
  std::vector<uint8_t> Bytes(ByteRange range) const {
    const std::vector<uint8_t>& bytes = fixture.context.bytes.bytes();
    return {bytes.begin() + range.offset,
            bytes.begin() + range.offset + range.size};
  }

  ParserFixture fixture;
};

TEST(FieldParser, ReadsImportsOfEveryKind) {
  const Fields fields(
      "(import \"m\" \"f\" (func $f (param i32)))"
      "(import \"m\" \"g\" (func (exact (type 0))))"
      "(import \"m\" \"t\" (table i64 1 2 funcref))"
      "(memory (export \"e\") (import \"m\" \"m\") 1)"
      "(global (import \"m\" \"v\") (mut i32))"
      "(tag (import \"m\" \"x\") (param i64))");
  EXPECT_EQ(fields.fixture.error(), "");
  const Module& module = fields.module();
  std::vector<std::string> imports;
  for (const Import& import : module.imports) {
    imports.push_back(import.name + " " + ToString(import.type));
  }
  EXPECT_THAT(imports,
              ElementsAre("f (func (type 0))", "g (func (exact (type 0)))",
                          "t (table i64 1 2 funcref)", "m (memory 1)",
                          "v (global (mut i32))", "x (tag (type 1))"));
  EXPECT_EQ(module.num_imported_functions, 2u);
  EXPECT_EQ(module.num_imported_memories, 1u);
  ASSERT_EQ(module.exports.size(), 1u);
  EXPECT_EQ(module.exports[0].kind, ExternKind::kMemory);
}

TEST(FieldParser, ReadsFunctions) {
  const Fields fields(
      "(func $f (export \"a\") (export \"b\") (param $x i32) (result i32) "
      "(local $y i32) (local i32 i64) (local.get $y))");
  EXPECT_EQ(fields.fixture.error(), "");
  EXPECT_THAT(fields.Bytes(fields.module().functions[0].body),
              ElementsAre(2, 2, 0x7f, 1, 0x7e, 0x20, 1, 0x0b));
  EXPECT_EQ(fields.module().exports.size(), 2u);
  EXPECT_EQ(fields.fixture.context.names.locals,
            (IndirectNameMap{{0, {{0, "x"}, {1, "y"}}}}));
}

TEST(FieldParser, CountsTheParametersOfANamedType) {
  const Fields fields(
      "(type (func (param i32 i32))) (func (type 0) (local $l i32) "
      "(local.set $l (local.get 1)))");
  EXPECT_EQ(fields.fixture.error(), "");
  EXPECT_THAT(fields.Bytes(fields.module().functions[0].body),
              ElementsAre(1, 1, 0x7f, 0x20, 1, 0x21, 2, 0x0b));
}

TEST(FieldParser, ReadsTablesAndTheirContents) {
  const Fields fields(
      "(type $t (func)) (func $f) (table 1 2 funcref)"
      "(table i64 3 (ref func) (ref.func $f))"
      "(table funcref (elem $f $f))"
      "(table i64 (ref null $t) (elem $f))"
      "(table externref (elem (ref.null extern)))");
  EXPECT_EQ(fields.fixture.error(), "");
  const Module& module = fields.module();
  EXPECT_EQ(ToString(module.tables[0].type), "1 2 funcref");
  EXPECT_TRUE(module.tables[0].init.IsEmpty());
  EXPECT_THAT(fields.Bytes(module.tables[1].init.bytes),
              ElementsAre(0xd2, 0, 0x0b));
  EXPECT_EQ(ToString(module.tables[2].type), "2 2 funcref");
  EXPECT_EQ(ToString(module.tables[3].type), "i64 1 1 (ref null 0)");
  ASSERT_EQ(module.elements.size(), 3u);
  EXPECT_EQ(ToString(module.elements[0].type), "(ref func)");
  EXPECT_THAT(std::get<0>(module.elements[0].items), ElementsAre(0, 0));
  EXPECT_THAT(fields.Bytes(module.elements[0].offset.bytes),
              ElementsAre(0x41, 0, 0x0b));
  EXPECT_EQ(ToString(module.elements[1].type), "(ref null 0)");
  EXPECT_EQ(std::get<1>(module.elements[1].items).size(), 1u);
  EXPECT_THAT(fields.Bytes(module.elements[1].offset.bytes),
              ElementsAre(0x42, 0, 0x0b));
  EXPECT_EQ(module.elements[2].table, 4u);
}

TEST(FieldParser, ReadsMemoriesAndTheirContents) {
  const Fields fields(
      "(memory 1 2 shared) (memory (data \"a\" \"\\ff\")) (memory (data))"
      "(memory i64 (pagesize 1) (data \"xyz\"))");
  EXPECT_EQ(fields.fixture.error(), "");
  const Module& module = fields.module();
  EXPECT_EQ(ToString(module.memories[0]), "1 2 shared");
  EXPECT_EQ(ToString(module.memories[1]), "1 1");
  EXPECT_EQ(ToString(module.memories[2]), "0 0");
  EXPECT_EQ(ToString(module.memories[3]), "i64 3 3 (pagesize 1)");
  ASSERT_EQ(module.data.size(), 3u);
  EXPECT_THAT(fields.Bytes(module.data[0].bytes), ElementsAre('a', 0xff));
  EXPECT_EQ(module.data[2].memory, 3u);
  EXPECT_THAT(fields.Bytes(module.data[2].offset.bytes),
              ElementsAre(0x42, 0, 0x0b));
}

TEST(FieldParser, ReadsElementSegmentsOfEveryForm) {
  const struct {
    const char* text;
    SegmentMode mode;
    uint32_t table;
    const char* type;
    size_t items;
    bool indices;
  } kCases[] = {
      {"(elem func)", SegmentMode::kPassive, 0, "(ref func)", 0, true},
      {"(elem $e func $f 0)", SegmentMode::kPassive, 0, "(ref func)", 2, true},
      {"(elem declare func $f)", SegmentMode::kDeclarative, 0, "(ref func)", 1,
       true},
      {"(elem funcref (ref.func $f) (item ref.null func))",
       SegmentMode::kPassive, 0, "funcref", 2, false},
      {"(elem (ref func) (item (ref.func $f)))", SegmentMode::kPassive, 0,
       "(ref func)", 1, false},
      {"(elem (i32.const 0) $f)", SegmentMode::kActive, 0, "(ref func)", 1,
       true},
      {"(elem (i32.const 0))", SegmentMode::kActive, 0, "(ref func)", 0, true},
      {"(elem (offset i32.const 0) func $f)", SegmentMode::kActive, 0,
       "(ref func)", 1, true},
      {"(elem (table $t) (offset (i32.const 0)) externref)",
       SegmentMode::kActive, 1, "externref", 0, false},
      {"(elem 1 (i32.const 0) $f)", SegmentMode::kActive, 1, "(ref func)", 1,
       true},
  };
  for (const auto& test : kCases) {
    const Fields fields(
        std::string("(table 1 funcref) (table $t 1 funcref) (func $f)") +
        test.text);
    EXPECT_EQ(fields.fixture.error(), "") << test.text;
    ASSERT_EQ(fields.module().elements.size(), 1u) << test.text;
    const ElementSegment& segment = fields.module().elements[0];
    EXPECT_EQ(segment.mode, test.mode) << test.text;
    EXPECT_EQ(segment.table, test.table) << test.text;
    EXPECT_EQ(ToString(segment.type), test.type) << test.text;
    EXPECT_EQ(segment.ItemCount(), test.items) << test.text;
    EXPECT_EQ(segment.items.index() == 0, test.indices) << test.text;
  }
}

TEST(FieldParser, ReadsDataSegmentsOfEveryForm) {
  const struct {
    const char* text;
    SegmentMode mode;
    uint32_t memory;
  } kCases[] = {
      {"(data)", SegmentMode::kPassive, 0},
      {"(data $d \"ab\" \"c\")", SegmentMode::kPassive, 0},
      {"(data (i32.const 0) \"abc\")", SegmentMode::kActive, 0},
      {"(data (memory $m) (offset i32.const 0))", SegmentMode::kActive, 1},
      {"(data 1 (i32.const 0))", SegmentMode::kActive, 1},
  };
  for (const auto& test : kCases) {
    const Fields fields(std::string("(memory 1) (memory $m 1)") + test.text);
    EXPECT_EQ(fields.fixture.error(), "") << test.text;
    ASSERT_EQ(fields.module().data.size(), 1u) << test.text;
    EXPECT_EQ(fields.module().data[0].mode, test.mode) << test.text;
    EXPECT_EQ(fields.module().data[0].memory, test.memory) << test.text;
  }
}

TEST(FieldParser, RejectsWithTheReferenceInterpretersMessages) {
  const struct {
    const char* text;
    const char* error;
  } kCases[] = {
      {"(func (param $x i32) (param $x i32))", "duplicate local $x"},
      {"(func (param $x i32) (local $x i32))", "duplicate local $x"},
      {"(func (local $x i32 i64))", "unexpected token i64"},
      {"(func (local i32) (param i32))", "unexpected token (param"},
      {"(func (result i32) (param i32))", "unexpected token (param"},
      {"(func (export \"\\ff\"))", "malformed UTF-8 encoding"},
      {"(func) (start 0) (start 0)", "multiple start sections"},
      {"(start $f)", "unknown function $f"},
      {"(export \"a\" (func $f))", "unknown function $f"},
      {"(export \"a\" (type 0))", "unexpected token (type"},
      {"(export a (func 0))", "unknown operator a"},
      {"(elem)", "unexpected token )"},
      {"(elem declare)", "unexpected token )"},
      {"(elem funcref 0)", "unexpected token 0"},
      {"(elem (table 0) func)", "unexpected token func"},
      {"(data (memory 0) \"a\")", "unexpected token \"a\""},
      {"(data (i32.const 0) a)", "unknown operator a"},
      {"(memory)", "unexpected token )"},
      {"(memory 1 2 3)", "unexpected token 3"},
      {"(table 1)", "unexpected token )"},
      {"(table funcref)", "unexpected token )"},
      {"(global i32 (i32.const 0) )x", "unknown operator x"},
      {"(global)", "unexpected token )"},
      {"(import \"\" \"\" (memory 1) (memory 1))", "unexpected token (memory"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Fields(test.text).fixture.error(), StartsWith(test.error))
        << test.text;
  }
}

}  // namespace
}  // namespace wasijit::compiler
