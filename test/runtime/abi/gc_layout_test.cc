#include "runtime/abi/gc_layout.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/types.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;

AbstractHeapType Top(HeapType type) { return TopOf(type.abstract()); }

FieldType Field(ValueType type, PackedType packed = PackedType::kNone) {
  return {.storage = {.value = type, .packed = packed}, .is_mutable = true};
}

constexpr ValueType kAnyRef =
    ValueType::Ref(AbstractHeapType::kAny, /*nullable=*/true);

TEST(GcLayout, FieldsLieInOrderAtTheirAlignment) {
  const StructType structure = {
      {Field(ValueType::I32(), PackedType::kI8),
       Field(ValueType::I32(), PackedType::kI16), Field(ValueType::I64()),
       Field(kAnyRef), Field(ValueType::V128()), Field(ValueType::FuncRef()),
       Field(ValueType::F32())}};
  const GcStructureLayout layout = LayOut(structure, Top);
  EXPECT_THAT(layout.offsets, ElementsAre(4, 6, 8, 16, 24, 40, 48));
  EXPECT_EQ(layout.size, 56u);
}

TEST(GcLayout, ASupertypeIsABegin) {
  StructType structure;
  std::vector<uint32_t> before;
  for (ValueType type : {kAnyRef, ValueType::I64(), ValueType::I32(),
                         ValueType::V128(), kAnyRef}) {
    structure.fields.push_back(Field(type));
    std::vector<uint32_t> offsets = LayOut(structure, Top).offsets;
    offsets.pop_back();
    EXPECT_EQ(offsets, before);
    before = LayOut(structure, Top).offsets;
  }
}

// The fields of a supertype lie where it has them, whichever of the two has a
// descriptor.
TEST(GcLayout, DescriptorsLieBehindTheFieldsOfTypesWithoutOne) {
  const auto structure = [](size_t fields, std::optional<uint32_t> super,
                            bool has_descriptor) {
    SubType type;
    type.composite =
        StructType{std::vector<FieldType>(fields, Field(ValueType::I32()))};
    type.supertype = super;
    if (has_descriptor) type.descriptor = 99;
    return type;
  };
  const SubType types[] = {
      structure(1, std::nullopt, false),
      structure(2, 0, true),
      structure(3, 1, true),
      structure(2, std::nullopt, true),
      structure(0, std::nullopt, true),
      structure(1, 0, true),
  };
  const struct {
    std::optional<size_t> position;
    std::vector<uint32_t> offsets;
    uint32_t descriptor;
    uint32_t size;
  } kExpected[] = {
      {std::nullopt, {4}, 0, 8}, {1, {4, 12}, 8, 16}, {1, {4, 12, 16}, 8, 24},
      {0, {8, 12}, 4, 16},       {0, {}, 4, 8},       {1, {4}, 8, 16},
  };
  for (size_t i = 0; i < std::size(types); ++i) {
    const std::optional<size_t> position = DescriptorPosition(
        types[i],
        [&](uint32_t index) -> const SubType& { return types[index]; });
    EXPECT_EQ(position, kExpected[i].position) << i;
    const GcStructureLayout layout =
        LayOut(*types[i].structure(), Top, position);
    EXPECT_EQ(layout.offsets, kExpected[i].offsets) << i;
    EXPECT_EQ(layout.descriptor, kExpected[i].descriptor) << i;
    EXPECT_EQ(layout.size, kExpected[i].size) << i;
  }
}

TEST(GcLayout, EvenNothingHasASize) {
  EXPECT_EQ(LayOut({}, Top).size, kGcAlignment);
  EXPECT_EQ(GcArraySize(0, 1), 8u);
  EXPECT_EQ(GcArraySize(1, 1), 16u);
  EXPECT_EQ(GcArraySize(8, 1), 16u);
  EXPECT_EQ(GcArraySize(UINT32_MAX, 16), (uint64_t{1} << 36) - 8);
}

TEST(GcLayout, HeadersSayKindAndType) {
  const uint32_t header = GcHeader(GcKind::kArray, kMaxTypeIndex);
  EXPECT_EQ(GcKindOf(header), GcKind::kArray);
  EXPECT_EQ(GcTypeOf(header), kMaxTypeIndex);
  SubType definition;
  definition.composite = StructType();
  EXPECT_EQ(GcHeaderOf(definition, 5), GcHeader(GcKind::kStructure, 5));
  definition.composite = FuncType();
  EXPECT_EQ(GcHeaderOf(definition, 5), 5u);
}

TEST(GcLayout, NumbersAndInternalReferencesAreRecognised) {
  EXPECT_TRUE(IsGcI31(GcI31(0)));
  EXPECT_EQ(GcI31(0x80000003), GcI31(3));
  EXPECT_FALSE(IsGcI31(kGcFirstObject));
  EXPECT_TRUE(IsInternalExtern(kInternalExternTag | 0xffffffff));
  EXPECT_FALSE(IsInternalExtern(0xffffffff));
}

}  // namespace
}  // namespace wasijit
