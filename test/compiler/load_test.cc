#include "compiler/load.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/syntax/features.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

// A function of one instruction, drop, on what the body leaves.
Bytes ModuleWithBody(const Bytes& instructions) {
  Bytes bytes = {0,    'a', 's', 'm',  1, 0, 0, 0,  // Header.
                 0x01, 4,   1,   0x60, 0, 0,        // Type: [] -> [].
                 0x03, 2,   1,   0};                // Function.
  const auto size = static_cast<uint8_t>(instructions.size());
  for (uint8_t byte : Bytes{0x0a, static_cast<uint8_t>(size + 4), 1,
                            static_cast<uint8_t>(size + 2), 0}) {
    bytes.push_back(byte);
  }
  bytes.insert(bytes.end(), instructions.begin(), instructions.end());
  bytes.push_back(0x0b);
  return bytes;
}

TEST(LoadModule, GivesAValidModule) {
  // i32.const 7, drop
  ASSERT_OK_AND_ASSIGN(
      const std::shared_ptr<const Module> module,
      LoadModule(ModuleWithBody({0x41, 7, 0x1a}), FeatureSet::Default()));
  EXPECT_EQ(module->num_defined_functions(), 1u);
  EXPECT_EQ(module->functions[0].body.size, 5u);
}

TEST(LoadModule, RefusesWhatIsMalformedOrInvalid) {
  const struct {
    Bytes bytes;
    const char* message;
  } kCases[] = {
      {{}, "unexpected end"},
      {{0, 'a', 's', 'n', 1, 0, 0, 0}, "magic header not detected"},
      {{0, 'a', 's', 'm', 2, 0, 0, 0}, "unknown binary version"},
      // drop
      {ModuleWithBody({0x1a}), "type mismatch"},
      // i32.const 7
      {ModuleWithBody({0x41, 7}), "type mismatch"},
      // call 1
      {ModuleWithBody({0x10, 1}), "unknown function"},
      // No instruction has this code.
      {ModuleWithBody({0xff}), "illegal opcode"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(
        LoadModule(test.bytes, FeatureSet::Default()),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
  }
}

TEST(LoadModule, RefusesFeaturesThatAreOff) {
  // i32.const 0, i8x16.splat, drop
  const Bytes vector = ModuleWithBody({0x41, 0, 0xfd, 0x0f, 0x1a});
  EXPECT_OK(LoadModule(vector, FeatureSet::Default()));
  EXPECT_THAT(LoadModule(vector, FeatureSet::Default().Remove(Feature::kSimd)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("simd")));
}

// Without the feature, the encoding itself is malformed.
TEST(LoadModule, DecodesByTheFeatures) {
  const Bytes one_byte_pages = {0, 'a',  's', 'm', 1, 0, 0,
                                0, 0x05, 4,   1,   8, 0, 0};
  EXPECT_THAT(LoadModule(one_byte_pages, FeatureSet::Default()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("malformed limits flags")));
  ASSERT_OK_AND_ASSIGN(
      const std::shared_ptr<const Module> module,
      LoadModule(one_byte_pages,
                 FeatureSet::Default().Add(Feature::kCustomPageSizes)));
  EXPECT_EQ(module->memories.size(), 1u);
}

}  // namespace
}  // namespace wasijit::compiler
