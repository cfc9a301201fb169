#include "runtime/loaded_code.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/runtime/image_builder.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;
using testing::IsEmpty;

// Nothing here runs, so the code may lie anywhere.
const uint8_t* const kText = wasijit_test_begin;

TEST(LoadedCodeTest, FunctionsAreFoundWhateverTheirOrder) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  builder.Function(type, {wasijit_test_load, wasijit_test_store});
  builder.Function(type, {wasijit_test_add, wasijit_test_divide});
  const LoadedCode code(builder.Build(), kText);
  const struct {
    const uint8_t* pc;
    std::optional<uint32_t> position;
  } kCases[] = {{wasijit_test_add, 1},
                {wasijit_test_divide - 1, 1},
                {wasijit_test_divide, std::nullopt},
                {wasijit_test_load, 0},
                {wasijit_test_load_access, 0},
                {wasijit_test_store - 1, 0},
                {wasijit_test_store, std::nullopt},
                {wasijit_test_begin - 1, std::nullopt},
                {wasijit_test_end, std::nullopt}};
  for (const auto& test : kCases) {
    EXPECT_EQ(code.PositionAt(test.pc), test.position);
  }
  EXPECT_EQ(code.CodeAt(0), wasijit_test_load);
}

TEST(LoadedCodeTest, PartsKnowTheirFunctions) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Function(type, {wasijit_test_add, wasijit_test_divide});
  builder.Location(wasijit_test_add + 1, 7, 0x100);
  CodeImage image = builder.Build();
  image.part = {7};
  const LoadedCode code(std::move(image), kText);
  EXPECT_THAT(code.PlacesAt(wasijit_test_add),
              ElementsAre(FieldsAre(7, kNoLocation)));
  EXPECT_THAT(code.PlacesAt(wasijit_test_add + 1),
              ElementsAre(FieldsAre(7, 0x100)));
  EXPECT_THAT(code.PlacesAt(wasijit_test_divide), IsEmpty());
}

}  // namespace
}  // namespace wasijit::test
