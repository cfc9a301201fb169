#include "wasi/string_list.h"

#include "absl/status/status.h"
#include "test/support/status_matchers.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using test::StatusIs;
using testing::HasSubstr;

TEST(StringListTest, WritesPointersAndStrings) {
  GuestArena arena;
  const auto list = StringList::Make({"ab", "", "c"}, "argument");
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->sizes(), (CountAndBytes{3, 6}));
  ASSERT_THAT(list->Write(Pointer<uint32_t>(arena.memory(), 64),
                          Pointer<uint8_t>(arena.memory(), 101)),
              Succeeds());
  EXPECT_EQ(arena.Read<uint32_t>(64), 101u);
  EXPECT_EQ(arena.Read<uint32_t>(68), 104u);
  EXPECT_EQ(arena.Read<uint32_t>(72), 105u);
  EXPECT_EQ(arena.Read<uint32_t>(76), 0u);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(arena.data() + 101), 6),
            std::string("ab\0\0c\0", 6));
}

TEST(StringListTest, ZeroBytesAreRefused) {
  EXPECT_THAT(StringList::Make({"fine", std::string("a\0b", 3)}, "argument"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("argument 1 contains a zero byte")));
}

}  // namespace
}  // namespace wasijit::wasi
