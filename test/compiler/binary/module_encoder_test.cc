#include "compiler/binary/module_encoder.h"

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/binary/module_decoder.h"
#include "compiler/text/module_parser.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/compiler/sample_modules.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::ElementsAre;

using Bytes = std::vector<uint8_t>;

TEST(EncodeBinary, WritesTheEmptyModule) {
  ASSERT_OK_AND_ASSIGN(const Module module, ParseModule("(module)"));
  EXPECT_THAT(EncodeBinary(module), ElementsAre(0, 'a', 's', 'm', 1, 0, 0, 0));
}

TEST(EncodeBinary, GivesTheModuleAgain) {
  for (const test::SampleModule& sample : test::kSampleModules) {
    ASSERT_OK_AND_ASSIGN(const Module before, ParseModule(sample.text));
    const Bytes encoded = EncodeBinary(before);
    ASSERT_OK_AND_ASSIGN(const Module after,
                         DecodeModule(encoded, FeatureSet::All()));
    EXPECT_EQ(EncodeBinary(after), encoded) << sample.name;
    EXPECT_EQ(after.types, before.types) << sample.name;
    EXPECT_EQ(after.rec_groups, before.rec_groups) << sample.name;
    EXPECT_EQ(after.memories, before.memories) << sample.name;
    EXPECT_EQ(after.tags, before.tags) << sample.name;
    EXPECT_EQ(after.exports.size(), before.exports.size()) << sample.name;
    EXPECT_EQ(after.data_count, before.data_count) << sample.name;
    ASSERT_EQ(after.functions.size(), before.functions.size()) << sample.name;
    for (uint32_t i = 0; i < after.functions.size(); ++i) {
      EXPECT_EQ(after.functions[i].type, before.functions[i].type);
      EXPECT_EQ(after.Bytes(after.functions[i].body),
                before.Bytes(before.functions[i].body));
      EXPECT_EQ(after.FunctionName(i), before.FunctionName(i));
    }
  }
}

// Long forms of numbers become short; the order of custom sections stays.
TEST(EncodeBinary, UsesShortFormsAndKeepsCustomSectionsInPlace) {
  const Bytes bytes = {0, 'a',  's',  'm',  1,    0,    0, 0,  //
                       0, 2,    1,    'x',                     //
                       1, 0x85, 0x00, 0x81, 0x00, 0x60, 0, 0,  //
                       0, 3,    1,    'y',  9};
  ASSERT_OK_AND_ASSIGN(const Module module, DecodeModule(bytes));
  EXPECT_THAT(EncodeBinary(module),
              ElementsAre(0, 'a', 's', 'm', 1, 0, 0, 0,  //
                          0, 2, 1, 'x',                  //
                          1, 4, 1, 0x60, 0, 0,           //
                          0, 3, 1, 'y', 9));
}

}  // namespace
}  // namespace wasijit::compiler
