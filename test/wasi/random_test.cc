#include <algorithm>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using RandomTest = GuestTest;

TEST_P(RandomTest, FillsTheWholeBufferAndNoMore) {
  // 64 zero bytes in a row are as likely as to meet the same atom twice.
  for (const uint32_t size : {64u, 300u, 40000u}) {
    GuestArena arena;
    const uint32_t address = arena.Allocate(size);
    ASSERT_THAT(calls().RandomGet({{arena.data() + address, size}}),
                Succeeds());
    const uint8_t* bytes = arena.data() + address;
    for (uint32_t i = 0; i + 64 <= size; i += 64) {
      EXPECT_TRUE(std::any_of(bytes + i, bytes + i + 64,
                              [](uint8_t byte) { return byte != 0; }));
    }
    EXPECT_TRUE(std::all_of(
        bytes + size,
        const_cast<const uint8_t*>(arena.data() + GuestArena::kSize),
        [](uint8_t byte) { return byte == 0; }));
  }
}

TEST_P(RandomTest, BuffersLargerThanAChunkAreFilled) {
  std::vector<uint8_t> large((1 << 20) * 2 + 77);
  ASSERT_THAT(calls().RandomGet({absl::MakeSpan(large)}), Succeeds());
  EXPECT_TRUE(std::any_of(large.end() - 64, large.end(),
                          [](uint8_t byte) { return byte != 0; }));
}

TEST_P(RandomTest, NothingMayBeAskedFor) {
  EXPECT_THAT(calls().RandomGet({}), Succeeds());
}

INSTANTIATE_ONCE(RandomTest);

}  // namespace
}  // namespace wasijit::wasi
