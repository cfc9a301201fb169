// Arguments and environment as the guest receives them.
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

class ArgsEnvironTest : public GuestTest {
 protected:
  std::string StringAt(uint32_t address) {
    return reinterpret_cast<const char*>(guest().data() + address);
  }
};

TEST_P(ArgsEnvironTest, SizesCountTheZeroBytes) {
  Start({.args = {"program", "", "x y"}, .env = {"HOME=/"}});
  EXPECT_EQ(calls().ArgsSizesGet(), (CountAndBytes{3, 13}));
  EXPECT_EQ(calls().EnvironSizesGet(), (CountAndBytes{1, 7}));
}

TEST_P(ArgsEnvironTest, PointersLeadToTheStrings) {
  Start({.args = {"program", "", "x y"}, .env = {"A=1", "B="}});
  const uint32_t pointers = guest().Allocate(12);
  const uint32_t bytes = guest().Allocate(32);
  ASSERT_THAT(calls().ArgsGet(Pointer<uint32_t>(guest().memory(), pointers),
                              Pointer<uint8_t>(guest().memory(), bytes)),
              Succeeds());
  EXPECT_EQ(guest().Read<uint32_t>(pointers), bytes);
  EXPECT_EQ(StringAt(guest().Read<uint32_t>(pointers)), "program");
  EXPECT_EQ(StringAt(guest().Read<uint32_t>(pointers + 4)), "");
  EXPECT_EQ(StringAt(guest().Read<uint32_t>(pointers + 8)), "x y");
  ASSERT_THAT(calls().EnvironGet(Pointer<uint32_t>(guest().memory(), pointers),
                                 Pointer<uint8_t>(guest().memory(), bytes)),
              Succeeds());
  EXPECT_EQ(StringAt(guest().Read<uint32_t>(pointers)), "A=1");
  EXPECT_EQ(StringAt(guest().Read<uint32_t>(pointers + 4)), "B=");
}

TEST_P(ArgsEnvironTest, NothingIsWrittenUnlessEverythingFits) {
  Start({.args = {"program"}});
  const uint32_t end = GuestArena::kSize;
  const struct {
    uint32_t pointers;
    uint32_t bytes;
  } kCases[] = {
      {end, 16}, {end - 3, 16}, {17, 64}, {16, end}, {16, end - 7}, {16, ~0u},
  };
  for (const auto& c : kCases) {
    guest().Write<uint64_t>(16, 0);
    EXPECT_THAT(calls().ArgsGet(Pointer<uint32_t>(guest().memory(), c.pointers),
                                Pointer<uint8_t>(guest().memory(), c.bytes)),
                FailsWith(Errno::kFault))
        << c.pointers << " " << c.bytes;
    EXPECT_EQ(guest().Read<uint64_t>(16), 0u);
  }
}

TEST_P(ArgsEnvironTest, WithoutArgumentsAnyPointersWillDo) {
  EXPECT_EQ(calls().ArgsSizesGet(), (CountAndBytes{0, 0}));
  EXPECT_THAT(calls().ArgsGet(Pointer<uint32_t>(guest().memory(), ~0u),
                              Pointer<uint8_t>(guest().memory(), ~0u)),
              Succeeds());
}

INSTANTIATE_ONCE(ArgsEnvironTest);

}  // namespace
}  // namespace wasijit::wasi
