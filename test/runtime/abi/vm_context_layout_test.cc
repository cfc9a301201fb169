#include "runtime/abi/vm_context_layout.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/vm_context.h"
#include "runtime/module/module.h"
#include "test/runtime/image_builder.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;

// A field: displacement, size, alignment, and whether it steers control.
struct Field {
  std::string name;
  int64_t displacement;
  int64_t size;
  int64_t alignment;
  bool is_control;
};

std::vector<Field> FieldsOf(const Module& module,
                            const VmContextLayout& layout) {
  std::vector<Field> fields = {{"context", layout.Context(), sizeof(VmContext),
                                alignof(VmContext), true}};
  for (uint32_t i = 0; i < module.num_imported_functions; ++i) {
    fields.push_back(
        {"import", layout.ImportSlot(i), sizeof(VmImportSlot), 8, true});
  }
  for (uint32_t i = 0; i < module.memories.size(); ++i) {
    fields.push_back(
        {"memory", layout.MemorySlot(i), sizeof(VmMemorySlot), 8, true});
  }
  for (uint32_t i = 0; i < module.tables.size(); ++i) {
    fields.push_back(
        {"table", layout.TableSlot(i), sizeof(VmTableSlot), 8, true});
  }
  for (uint32_t i = 0; i < module.types.size(); ++i) {
    fields.push_back({"type", layout.TypeId(i), 4, 4, true});
  }
  for (uint32_t i = 0; i < module.globals.size(); ++i) {
    if (i < module.num_imported_globals) {
      fields.push_back({"imported global", layout.Global(i), 8, 8, true});
    } else {
      const int64_t size = module.globals[i].type.value.IsVector() ? 16 : 8;
      fields.push_back({"global", layout.Global(i), size, size, false});
    }
  }
  return fields;
}

// Every field lies in its area, is aligned, and touches no other.
void CheckLayout(const Module& module) {
  const VmContextLayout layout(module);
  EXPECT_GT(layout.size(), layout.control_size());
  EXPECT_EQ(layout.size() % kContextGranule, 0);
  EXPECT_EQ(layout.control_size() % kContextGranule, 0);
  const int64_t control_end = -layout.size() + layout.control_size();
  std::vector<Field> fields = FieldsOf(module, layout);
  for (const Field& field : fields) {
    SCOPED_TRACE(field.name);
    EXPECT_EQ(field.displacement % field.alignment, 0);
    EXPECT_GE(field.displacement,
              field.is_control ? -layout.size() : control_end);
    EXPECT_LE(field.displacement + field.size,
              field.is_control ? control_end : 0);
  }
  std::sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) {
    return a.displacement < b.displacement;
  });
  for (size_t i = 1; i < fields.size(); ++i) {
    EXPECT_LE(fields[i - 1].displacement + fields[i - 1].size,
              fields[i].displacement)
        << fields[i - 1].name << " and " << fields[i].name;
  }
}

TEST(VmContextLayoutTest, AnEmptyModuleHasAContext) {
  ImageBuilder builder;
  CheckLayout(*builder.BuildModule());
  const VmContextLayout layout = builder.Layout();
  EXPECT_EQ(layout.size(), 2 * kContextGranule);
}

TEST(VmContextLayoutTest, EveryFieldHasAPlaceOfItsOwn) {
  for (const uint32_t count : {1u, 3u, 100u, 5000u}) {
    SCOPED_TRACE(count);
    ImageBuilder builder;
    const uint32_t type = builder.Type({}, {});
    GlobalType mutable_i32;
    mutable_i32.value = kI32;
    mutable_i32.is_mutable = true;
    for (uint32_t i = 0; i < count; ++i) {
      builder.Type({kI32}, {kI64});
      builder.Import("", "", FunctionExternType{.type = type});
      builder.Import("", "", mutable_i32);
      builder.Import("", "", TableType{});
      builder.Import("", "", MemoryType{});
    }
    for (uint32_t i = 0; i < count; ++i) {
      builder.Table(0);
      builder.Memory(0);
      builder.Global(i % 3 == 0 ? kV128 : kI32, true, I32Const(0));
    }
    CheckLayout(*builder.BuildModule());
  }
}

TEST(VmContextLayoutTest, TheFirstGlobalIsInReachOfAByte) {
  ImageBuilder builder;
  for (int i = 0; i < 1000; ++i) builder.Global(kI32, true, I32Const(0));
  EXPECT_EQ(builder.Layout().Global(0), -8);
}

TEST(VmContextLayoutTest, AnOrdinaryModulesFieldsAreInReachOnAArch64) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  for (int i = 0; i < 60; ++i) {
    builder.Import("", "", FunctionExternType{.type = type});
  }
  builder.Table(10);
  builder.Memory(1);
  for (int i = 0; i < 20; ++i) builder.Global(kI32, true, I32Const(0));
  const VmContextLayout layout = builder.Layout();
  for (const Field& field : FieldsOf(builder.module(), layout)) {
    // A 12-bit offset scaled by 8.
    EXPECT_LT(
        field.displacement - layout.PinnedDisplacement(Pinned::kContextBegin),
        4096 * 8)
        << field.name;
  }
  EXPECT_EQ(layout.PinnedDisplacement(Pinned::kMemoryBase), 0);
}

TEST(VmContextLayoutTest, OnlyFunctionsThatCanBeReferencedHaveRecords) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  for (const char* name : {"", "b", "", "d"}) {
    builder.Function(type, TrapCode(TrapKind::kUnreachable), name);
  }
  builder.Table(4);
  builder.Elements(SegmentMode::kPassive, {}, {0, 4});
  const VmContextLayout layout = builder.Layout();
  EXPECT_THAT(layout.referenced_functions(), ElementsAre(0, 2, 4));
  EXPECT_EQ(layout.FunctionRecord(0), 0u);
  EXPECT_EQ(layout.FunctionRecord(1), std::nullopt);
  EXPECT_EQ(layout.FunctionRecord(2), 1u);
  EXPECT_EQ(layout.FunctionRecord(4), 2u);
  EXPECT_EQ(layout.FunctionRecord(5), std::nullopt);
}

}  // namespace
}  // namespace wasijit::test
