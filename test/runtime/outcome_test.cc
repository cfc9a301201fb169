#include "runtime/outcome.h"

#include "gtest/gtest.h"
#include "runtime/abi/trap.h"

namespace wasijit {
namespace {

TEST(OutcomeTest, TrapsSayWhatTheirKindOrTheirHostSays) {
  EXPECT_EQ(ToString(Trap{.kind = TrapKind::kUnreachable}), "unreachable");
  EXPECT_EQ(
      ToString(Trap{.kind = TrapKind::kHostError, .message = "disk on fire"}),
      "disk on fire");
}

}  // namespace
}  // namespace wasijit
