#include "runtime/module/module.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Appends to a module's bytes and says where.
class BytesBuilder {
 public:
  ByteRange Add(absl::Span<const uint8_t> bytes) {
    const ByteRange range{static_cast<uint32_t>(writer_.size()),
                          static_cast<uint32_t>(bytes.size())};
    writer_.Bytes(bytes);
    return range;
  }
  ByteRange Add(absl::string_view text) {
    return Add(absl::MakeConstSpan(
        reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  }
  std::shared_ptr<const std::vector<uint8_t>> Take() {
    return std::make_shared<const std::vector<uint8_t>>(writer_.Take());
  }

 private:
  ByteWriter writer_;
};

TEST(Module, FindsFunctionNames) {
  Module module;
  BytesBuilder bytes;
  module.names.functions = {{1, bytes.Add("one")}, {7, bytes.Add("seven")}};
  module.bytes = bytes.Take();
  EXPECT_EQ(module.FunctionName(1), "one");
  EXPECT_EQ(module.FunctionName(7), "seven");
  EXPECT_EQ(module.FunctionName(0), "");
  EXPECT_EQ(module.FunctionName(4), "");
  EXPECT_EQ(module.FunctionName(8), "");
}

TEST(Module, FindsLocalNamesOfOneFunction) {
  ByteWriter map;
  map.U32(2);
  map.U32(3);
  map.U32(1);
  map.U32(0);
  map.Name("other");
  map.U32(5);
  map.U32(2);
  map.U32(0);
  map.Name("x");
  map.U32(4);
  map.Name("yy");
  Module module;
  BytesBuilder bytes;
  bytes.Add("padding");
  module.names.locals = bytes.Add(map.bytes());
  module.bytes = bytes.Take();

  std::vector<std::pair<uint32_t, std::string>> names;
  for (const NameAssociation& name : module.LocalNames(5)) {
    names.emplace_back(name.index, module.Text(name.name));
  }
  EXPECT_THAT(names, ElementsAre(std::pair(0u, "x"), std::pair(4u, "yy")));
  EXPECT_THAT(module.LocalNames(4), IsEmpty());
}

TEST(Module, HasNoLocalNamesIfTheyAreMalformed) {
  const uint8_t kMalformed[][6] = {
      {1, 5, 1, 0, 3, 'x'},            // The name ends early.
      {1, 5, 9, 0, 1, 'x'},            // So do the names.
      {0xff, 0xff, 0xff, 0xff, 9, 5},  // So do the functions.
  };
  for (const auto& bytes_of_map : kMalformed) {
    Module module;
    BytesBuilder bytes;
    module.names.locals = bytes.Add(absl::MakeConstSpan(bytes_of_map));
    module.bytes = bytes.Take();
    EXPECT_THAT(module.LocalNames(5), IsEmpty());
  }
}

TEST(Module, FindsExportsByName) {
  Module module;
  module.exports = {{"memory", ExternKind::kMemory, 0},
                    {"", ExternKind::kFunction, 2}};
  ASSERT_NE(module.FindExport("memory"), nullptr);
  EXPECT_EQ(module.FindExport("memory")->kind, ExternKind::kMemory);
  ASSERT_NE(module.FindExport(""), nullptr);
  EXPECT_EQ(module.FindExport("")->index, 2u);
  EXPECT_EQ(module.FindExport("other"), nullptr);
}

TEST(Module, KnowsTheHierarchyOfATypeByItsDefinition) {
  Module module;
  module.types.resize(3);
  module.types[0].composite = FuncType();
  module.types[1].composite = StructType();
  module.types[2].composite = ArrayType();
  EXPECT_EQ(module.Top(HeapType::Concrete(0)), AbstractHeapType::kFunc);
  EXPECT_EQ(module.Top(HeapType::Concrete(1)), AbstractHeapType::kAny);
  EXPECT_EQ(module.Top(HeapType::Concrete(2)), AbstractHeapType::kAny);
  EXPECT_EQ(module.Top(AbstractHeapType::kNoExtern), AbstractHeapType::kExtern);
}

TEST(ReferencedFunctions, AreThoseExportedInSegmentsAndInExpressions) {
  const auto ref_func = [](uint8_t function) {
    return std::vector<uint8_t>{0xd2, function, 0x0b};
  };
  Module module;
  BytesBuilder bytes;
  module.functions.resize(20);
  module.exports = {{"f", ExternKind::kFunction, 9},
                    {"g", ExternKind::kGlobal, 3}};
  module.globals.push_back({{}, {bytes.Add(ref_func(4))}});
  module.tables.push_back({{}, {bytes.Add(ref_func(1))}});
  ElementSegment functions;
  functions.items = std::vector<uint32_t>{7, 4};
  module.elements.push_back(functions);
  ElementSegment expressions;
  expressions.mode = SegmentMode::kDeclarative;
  expressions.items = std::vector<ConstExpr>{{bytes.Add(ref_func(12))}};
  module.elements.push_back(expressions);
  // A function that does not exist, in a module that is not valid.
  module.globals.push_back({{}, {bytes.Add(ref_func(99))}});
  module.bytes = bytes.Take();
  EXPECT_THAT(ReferencedFunctions(module), ElementsAre(1, 4, 7, 9, 12));
}

}  // namespace
}  // namespace wasijit
