#include "compiler/binary/branch_hints.h"

#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::_;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

TEST(BranchHints, ReadBackAsWritten) {
  const std::vector<FunctionBranchHints> hints = {{1, {{5, 0}, {300, 1}}},
                                                  {200, {{2, 1}}}};
  ByteWriter writer;
  WriteBranchHints(hints, writer);
  EXPECT_THAT(ReadBranchHints(writer.bytes()), IsOkAndHolds(hints));
}

TEST(ReadBranchHints, RejectsWhatIsMalformed) {
  const std::vector<uint8_t> kCases[] = {
      {},
      {1},
      {1, 0, 1, 5, 1},
      {1, 0, 1, 5, 1, 2},              // Value.
      {1, 0, 1, 5, 2, 0, 0},           // Size of a value.
      {1, 0, 2, 5, 1, 0, 5, 1, 0},     // Offsets.
      {2, 1, 0, 1, 0},                 // Functions.
      {0, 0},                          // Rest.
      {0xff, 0xff, 0xff, 0xff, 0x0f},  // Count.
  };
  for (const std::vector<uint8_t>& bytes : kCases) {
    EXPECT_THAT(ReadBranchHints(bytes),
                StatusIs(absl::StatusCode::kInvalidArgument, _));
  }
}

}  // namespace
}  // namespace wasijit::compiler
