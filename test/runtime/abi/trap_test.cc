#include "runtime/abi/trap.h"

#include <cstdint>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(TrapTest, EveryKindHasItsOwnEncodingNameAndMessage) {
  std::set<std::string> names;
  std::set<std::string> messages;
  uint32_t encoding = 0;
  for (; TrapKindFromEncoding(encoding).has_value(); ++encoding) {
    const TrapKind kind = *TrapKindFromEncoding(encoding);
    EXPECT_EQ(static_cast<uint32_t>(kind), encoding);
    names.emplace(TrapName(kind));
    messages.emplace(TrapMessage(kind));
  }
  // One byte in the trap instruction holds them all.
  EXPECT_LE(encoding, 256u);
  EXPECT_EQ(names.size(), encoding);
  EXPECT_EQ(messages.size(), encoding);
  EXPECT_FALSE(TrapKindFromEncoding(UINT32_MAX).has_value());
}

TEST(TrapTest, EncodingsStayWhatImagesHold) {
  EXPECT_EQ(static_cast<int>(TrapKind::kUnreachable), 0);
  EXPECT_EQ(static_cast<int>(TrapKind::kOutOfBoundsMemoryAccess), 4);
  EXPECT_EQ(static_cast<int>(TrapKind::kHostError), 23);
}

TEST(TrapTest, MessagesAreTheSpecifications) {
  EXPECT_EQ(TrapMessage(TrapKind::kIntegerDivideByZero),
            "integer divide by zero");
  EXPECT_EQ(TrapMessage(TrapKind::kCallStackExhausted), "call stack exhausted");
  EXPECT_EQ(TrapName(TrapKind::kCallStackExhausted), "CallStackExhausted");
}

}  // namespace
}  // namespace wasijit
