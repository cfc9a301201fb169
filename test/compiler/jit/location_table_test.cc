#include "compiler/jit/location_table.h"

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "compiler/codegen/location_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"

namespace wasijit {

bool operator==(const CodeLocation& a, const CodeLocation& b) {
  return a.pc == b.pc && a.function == b.function &&
         a.bytecode_offset == b.bytecode_offset && a.inlined_at == b.inlined_at;
}
bool operator==(const InlinedCall& a, const InlinedCall& b) {
  return a.function == b.function && a.bytecode_offset == b.bytecode_offset &&
         a.inlined_at == b.inlined_at;
}

namespace compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BodyIndex, FindsTheFunctionOfAnOffset) {
  Module module;
  module.num_imported_functions = 2;
  module.functions = {{}, {}, {0, {100, 10}}, {0, {112, 1}}, {0, {113, 20}}};
  const BodyIndex bodies(module);
  const struct {
    uint32_t offset;
    uint32_t function;
  } kCases[] = {{100, 2}, {109, 2}, {111, 2}, {112, 3},
                {113, 4}, {132, 4}, {200, 4}, {0, 2}};
  for (const auto& test : kCases) {
    EXPECT_EQ(bodies.FunctionAt(test.offset), test.function) << test.offset;
  }
}

CodeImage TableOf(
    const std::vector<ObjectLocation>& locations,
    const absl::flat_hash_map<uint32_t, FunctionRange>& functions) {
  CodeImage image;
  AddLocations(locations, functions, image);
  return image;
}

TEST(AddLocations, PlacesLocationsInTheText) {
  // In the order of the objects, not of the text.
  const CodeImage image = TableOf(
      {
          {.function = 3, .offset = 0, .places = {{3, 30}}},
          {.function = 3, .offset = 7, .places = {{3, 35}}},
          {.function = 1, .offset = 4, .places = {{1, 10}}},
      },
      {{1, {100, 200}}, {3, {500, 600}}});
  EXPECT_THAT(image.locations,
              ElementsAre(CodeLocation{104, 1, 10, kNoLocation},
                          CodeLocation{500, 3, 30, kNoLocation},
                          CodeLocation{507, 3, 35, kNoLocation}));
  EXPECT_THAT(image.inlined_calls, IsEmpty());
}

TEST(AddLocations, LastRowOfAPlaceCounts) {
  const CodeImage image = TableOf(
      {
          {.function = 1, .offset = 4, .places = {{1, 10}}},
          {.function = 1, .offset = 4, .places = {{1, 12}}},
      },
      {{1, {100, 200}}});
  EXPECT_THAT(image.locations,
              ElementsAre(CodeLocation{104, 1, 12, kNoLocation}));
}

TEST(AddLocations, SharesChainsOfInlinedCalls) {
  const CodeImage image = TableOf(
      {
          {.function = 1, .offset = 0, .places = {{3, 30}, {2, 20}, {1, 10}}},
          {.function = 1, .offset = 1, .places = {{3, 31}, {2, 20}, {1, 10}}},
          {.function = 1, .offset = 2, .places = {{2, 21}, {1, 10}}},
          {.function = 1, .offset = 3, .places = {{3, 30}, {2, 20}, {1, 11}}},
      },
      {{1, {100, 200}}});
  EXPECT_THAT(
      image.inlined_calls,
      ElementsAre(InlinedCall{1, 10, kNoLocation}, InlinedCall{2, 20, 0},
                  InlinedCall{1, 11, kNoLocation}, InlinedCall{2, 20, 2}));
  EXPECT_THAT(
      image.locations,
      ElementsAre(CodeLocation{100, 3, 30, 1}, CodeLocation{101, 3, 31, 1},
                  CodeLocation{102, 2, 21, 0}, CodeLocation{103, 3, 30, 3}));
}

// Calls whose place is not known are told apart by their functions.
TEST(AddLocations, KeepsUnknownPlacesOfFunctionsApart) {
  const CodeImage image = TableOf(
      {
          {.function = 1, .offset = 0, .places = {{3, 30}, {1, kNoLocation}}},
          {.function = 2, .offset = 0, .places = {{3, 30}, {2, kNoLocation}}},
      },
      {{1, {100, 200}}, {2, {200, 300}}});
  EXPECT_THAT(image.inlined_calls,
              ElementsAre(InlinedCall{1, kNoLocation, kNoLocation},
                          InlinedCall{2, kNoLocation, kNoLocation}));
}

// A function whose code another object provides.
TEST(AddLocations, LeavesOutFunctionsWithoutCode) {
  const CodeImage image = TableOf(
      {{.function = 9, .offset = 0, .places = {{9, 90}}}}, {{1, {0, 10}}});
  EXPECT_THAT(image.locations, IsEmpty());
}

}  // namespace
}  // namespace compiler
}  // namespace wasijit
