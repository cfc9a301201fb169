#include "runtime/module/module_codec.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/byte_writer.h"
#include "runtime/module/type_registry.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

ByteRange Append(ByteWriter& writer, const Bytes& bytes) {
  const ByteRange range{static_cast<uint32_t>(writer.size()),
                        static_cast<uint32_t>(bytes.size())};
  writer.Bytes(bytes);
  return range;
}

// A module with something of everything.
Module SampleModule() {
  Module module;
  ByteWriter bytes;
  const Bytes i32_const = {0x41, 0x2a, 0x0b};
  const Limits limits{.min = 1, .max = 5, .is64 = false};

  FuncType func;
  func.params = {ValueType::I32(), ValueType::Ref(HeapType::Concrete(2), true)};
  func.results = {ValueType::V128()};
  StructType structure;
  structure.fields = {{{ValueType::I32(), PackedType::kI16}, true}};
  module.types.resize(4);
  module.types[0].composite = func;
  module.types[1].composite = structure;
  module.types[1].is_final = false;
  module.types[2].composite = structure;
  module.types[2].supertype = 1;
  module.types[3].composite = ArrayType{{{ValueType::F64()}, false}};
  module.rec_groups = {{0, 3}, {3, 1}};

  module.imports = {{"env", "f", FunctionExternType{0, false}},
                    {"env", "t", TableType{ValueType::FuncRef(), limits}},
                    {"env", "m", MemoryType{limits, true, 0}},
                    {"env", "g", GlobalType{ValueType::I64(), true}},
                    {"env", "e", TagType{0}}};
  module.num_imported_functions = module.num_imported_tables =
      module.num_imported_memories = module.num_imported_globals =
          module.num_imported_tags = 1;
  module.functions = {{0, {}}, {0, Append(bytes, {0x00, 0x0b})}};
  module.tables = {
      {{ValueType::FuncRef(), limits}, {}},
      {{ValueType::ExternRef(), {.min = 0, .max = {}, .is64 = true}},
       {Append(bytes, {0xd0, 0x6f, 0x0b})}}};
  module.memories = {{limits, true, 0}, {limits, false, 16}};
  module.globals = {{{ValueType::I64(), true}, {}},
                    {{ValueType::I32(), false}, {Append(bytes, i32_const)}}};
  module.tags = {{0}, {0}};
  module.exports = {{"run", ExternKind::kFunction, 1},
                    {"memory", ExternKind::kMemory, 1}};
  module.start = 1;

  ElementSegment active;
  active.mode = SegmentMode::kActive;
  active.table = 1;
  active.offset = {Append(bytes, i32_const)};
  active.type = ValueType::ExternRef();
  active.items = std::vector<ConstExpr>{{Append(bytes, {0xd0, 0x6f, 0x0b})}};
  ElementSegment passive;
  passive.type = ValueType::Ref(AbstractHeapType::kFunc, false);
  passive.items = std::vector<uint32_t>{0, 1, 1};
  module.elements = {active, passive};

  DataSegment data;
  data.mode = SegmentMode::kActive;
  data.memory = 1;
  data.offset = {Append(bytes, i32_const)};
  data.bytes = Append(bytes, {'d', 'a', 't', 'a'});
  module.data = {data, {SegmentMode::kPassive, 0, {}, {}}};
  module.data_count = 2;

  module.names.module = Append(bytes, {'m', 'o', 'd'});
  module.names.functions = {{0, Append(bytes, {'f'})},
                            {1, Append(bytes, {'r', 'u', 'n'})}};
  module.custom_sections = {{"producers", Append(bytes, {1, 2, 3}), 0}};
  module.features_used = 0x12345;
  module.bytes = std::make_shared<const Bytes>(bytes.Take());
  return module;
}

// Decodes bytes that lie somewhere in a file.
absl::StatusOr<Module> Decode(const Bytes& encoded) {
  Bytes file = {9, 9, 9};
  file.insert(file.end(), encoded.begin(), encoded.end());
  file.push_back(9);
  return DecodeModule(std::make_shared<const Bytes>(file),
                      {3, static_cast<uint32_t>(encoded.size())});
}

TEST(ModuleCodec, KeepsAllButBodiesAndCustomSections) {
  const Module before = SampleModule();
  ASSERT_OK_AND_ASSIGN(const Module after, Decode(EncodeModule(before)));

  EXPECT_EQ(after.types, before.types);
  EXPECT_EQ(after.rec_groups, before.rec_groups);
  EXPECT_EQ(after.num_imported_functions, 1u);
  EXPECT_EQ(after.num_imported_tags, 1u);
  EXPECT_EQ(after.num_defined_functions(), 1u);
  ASSERT_EQ(after.imports.size(), before.imports.size());
  for (size_t i = 0; i < after.imports.size(); ++i) {
    EXPECT_EQ(after.imports[i].module, "env");
    EXPECT_EQ(after.imports[i].name, before.imports[i].name);
    EXPECT_EQ(after.imports[i].type, before.imports[i].type);
  }
  EXPECT_EQ(after.functions[1].type, 0u);
  EXPECT_EQ(after.functions[1].body, ByteRange());
  EXPECT_EQ(after.tables[1].type, before.tables[1].type);
  EXPECT_THAT(after.Bytes(after.tables[1].init), ElementsAre(0xd0, 0x6f, 0x0b));
  EXPECT_EQ(after.memories, before.memories);
  EXPECT_EQ(after.globals[0].type, before.globals[0].type);
  EXPECT_TRUE(after.globals[0].init.IsEmpty());
  EXPECT_THAT(after.Bytes(after.globals[1].init), ElementsAre(0x41, 42, 0x0b));
  EXPECT_EQ(after.tags, before.tags);
  EXPECT_EQ(after.FindExport("memory")->index, 1u);
  EXPECT_EQ(after.start, 1u);
  EXPECT_EQ(after.data_count, 2u);
  EXPECT_EQ(after.features_used, before.features_used);
}

TEST(ModuleCodec, KeepsSegmentsAndNames) {
  ASSERT_OK_AND_ASSIGN(const Module after,
                       Decode(EncodeModule(SampleModule())));
  ASSERT_EQ(after.elements.size(), 2u);
  EXPECT_EQ(after.elements[0].mode, SegmentMode::kActive);
  EXPECT_EQ(after.elements[0].table, 1u);
  EXPECT_EQ(after.elements[0].type, ValueType::ExternRef());
  EXPECT_EQ(after.elements[0].ItemCount(), 1u);
  EXPECT_THAT(std::get<std::vector<uint32_t>>(after.elements[1].items),
              ElementsAre(0, 1, 1));
  ASSERT_EQ(after.data.size(), 2u);
  EXPECT_EQ(after.Text(after.data[0].bytes), "data");
  EXPECT_EQ(after.data[0].memory, 1u);
  EXPECT_EQ(after.data[1].mode, SegmentMode::kPassive);
  EXPECT_EQ(after.Text(*after.names.module), "mod");
  EXPECT_EQ(after.FunctionName(1), "run");
}

TEST(ModuleCodec, IsAFixpoint) {
  const Bytes encoded = EncodeModule(SampleModule());
  ASSERT_OK_AND_ASSIGN(const Module module, Decode(encoded));
  EXPECT_EQ(EncodeModule(module), encoded);
}

TEST(ModuleCodec, RefusesEveryTruncation) {
  const Bytes encoded = EncodeModule(SampleModule());
  for (size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_THAT(Decode(Bytes(encoded.begin(), encoded.begin() + size)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("damaged code image")))
        << size << " bytes";
  }
}

// Whatever the bytes are, the result is consistent enough to be used: its types
// can be registered and it can be encoded.
TEST(ModuleCodec, SurvivesEveryDamagedByte) {
  const Bytes encoded = EncodeModule(SampleModule());
  for (size_t position = 0; position < encoded.size(); ++position) {
    for (uint32_t value = 0; value < 256; ++value) {
      Bytes damaged = encoded;
      damaged[position] = static_cast<uint8_t>(value);
      const absl::StatusOr<Module> module = Decode(damaged);
      if (!module.ok()) continue;
      TypeRegistry registry;
      const auto ids = registry.AddModule(*module);
      EXPECT_EQ(ids.ok() ? ids->size() : 0, module->types.size());
      EXPECT_LE(ReferencedFunctions(*module).size(), module->functions.size());
      EXPECT_FALSE(EncodeModule(*module).empty());
    }
  }
}

TEST(ModuleCodec, RefusesIndicesThatDoNotExist) {
  const struct {
    void (*damage)(Module&);
    std::string error;
  } kCases[] = {
      {[](Module& m) { m.functions[1].type = 4; }, "unknown function type"},
      {[](Module& m) { m.functions[1].type = 1; }, "unknown function type"},
      {[](Module& m) { m.tags[1].type = 3; }, "unknown function type"},
      {[](Module& m) { m.start = 2; }, "unknown function"},
      {[](Module& m) { m.exports[0].index = 2; }, "unknown export"},
      {[](Module& m) { m.elements[0].table = 2; }, "unknown table"},
      {[](Module& m) { m.elements[1].items = std::vector<uint32_t>{0, 2}; },
       "unknown function"},
      {[](Module& m) { m.elements[0].type = ValueType::I32(); },
       "malformed element type"},
      {[](Module& m) { m.elements[0].offset = {}; },
       "active segment without offset"},
      {[](Module& m) { m.data[0].memory = 2; }, "unknown memory"},
      {[](Module& m) { m.data[0].offset = {}; },
       "active segment without offset"},
      {[](Module& m) { m.globals[1].init = {}; }, "global without value"},
      {[](Module& m) { m.types[2].supertype = 2; },
       "supertype is declared later"},
      {[](Module& m) { m.types[0].supertype = 0; },
       "supertype is declared later"},
      {[](Module& m) { m.types[2].descriptor = 3; }, "unknown type"},
      {[](Module& m) {
         m.globals[1].type.value = ValueType::Ref(HeapType::Concrete(4), true);
       },
       "unknown type"},
      {[](Module& m) { m.memories[1].page_size_log2 = 12; },
       "malformed page size"},
      {[](Module& m) { m.tables[1].type.element = ValueType::I32(); },
       "malformed table type"},
      {[](Module& m) { m.names.functions[1].index = 0; },
       "names are not sorted"},
  };
  for (const auto& c : kCases) {
    Module module = SampleModule();
    c.damage(module);
    EXPECT_THAT(
        Decode(EncodeModule(module)),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.error)));
  }
}

}  // namespace
}  // namespace wasijit
