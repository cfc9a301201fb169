#include "compiler/jit/unwind_table.h"

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "compiler/codegen/unwind_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(AddUnwindTables, PlacesLandingPadsAndSharesLayouts) {
  const absl::flat_hash_map<uint32_t, FunctionRange> functions = {
      {2, {300, 400}}, {3, {0, 50}}, {4, {100, 200}}, {5, {50, 60}}};
  CodeImage image;
  image.functions = {{300, 400}, {0, 50}, {100, 200}, {50, 60}};
  AddUnwindTables(
      {
          {.function = 2,
           .caller_stack = 16,
           .saved_registers = {{0, -24}, {3, -8}},
           .landing_pads = {{10, 20, 90}, {30, 31, 95}}},
          {.function = 4,
           .caller_stack = 16,
           .saved_registers = {{0, -24}, {3, -8}},
           .landing_pads = {{1, 2, 3}}},
          {.function = 5,
           .caller_stack = 48,
           .saved_registers = {{0, -24}, {3, -8}},
           .landing_pads = {}},
          // Of a function that is not part of the image.
          {.function = 9,
           .caller_stack = 32,
           .saved_registers = {},
           .landing_pads = {{1, 2, 3}}},
      },
      functions, /*num_imported_functions=*/2, image);
  const UnwindTables& tables = image.unwind;
  EXPECT_THAT(tables.landing_pads,
              ElementsAre(LandingPad{101, 102, 103}, LandingPad{310, 320, 390},
                          LandingPad{330, 331, 395}));
  ASSERT_THAT(tables.frames, SizeIs(4));
  EXPECT_EQ(tables.frames[0], tables.frames[2]);
  EXPECT_NE(tables.frames[0], tables.frames[3]);
  const FrameLayout& shared = tables.layouts[tables.frames[0]];
  EXPECT_EQ(shared.caller_stack, 16);
  ASSERT_EQ(shared.saved_end - shared.saved_begin, 2u);
  EXPECT_EQ(tables.saved_registers[shared.saved_begin],
            (SavedRegister{0, -24}));
  EXPECT_EQ(tables.saved_registers[shared.saved_begin + 1],
            (SavedRegister{3, -8}));
  // A function about which nothing is known keeps nothing.
  const FrameLayout& none = tables.layouts[tables.frames[1]];
  EXPECT_EQ(none.saved_begin, none.saved_end);
}

}  // namespace
}  // namespace wasijit::compiler
