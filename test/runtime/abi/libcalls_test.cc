#include "runtime/abi/libcalls.h"

#include <cstdint>
#include <optional>

#include "gtest/gtest.h"

namespace wasijit {
namespace {

TEST(LibcallsTest, SymbolsNameLibcallsOneToOne) {
  for (uint32_t i = 0; i < kLibcallCount; ++i) {
    const auto libcall = static_cast<Libcall>(i);
    EXPECT_EQ(LibcallFromSymbol(LibcallSymbol(libcall)), libcall);
  }
}

TEST(LibcallsTest, OthersNameNone) {
  for (const char* symbol : {"", "MemoryGrow", "wasijit.", "wasijit.memcpy",
                             "memcmp", "wasijit.MemoryGrow "}) {
    EXPECT_EQ(LibcallFromSymbol(symbol), std::nullopt) << symbol;
  }
}

TEST(LibcallsTest, NumbersStayWhatImagesHold) {
  EXPECT_EQ(static_cast<int>(Libcall::kMemset), 2);
  EXPECT_EQ(static_cast<int>(Libcall::kMemoryGrow), 3);
  EXPECT_EQ(static_cast<int>(Libcall::kElementDrop), 10);
}

}  // namespace
}  // namespace wasijit
