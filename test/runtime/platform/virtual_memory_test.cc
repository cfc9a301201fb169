#include "runtime/platform/virtual_memory.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <limits>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using test::StatusIs;
using testing::HasSubstr;
using testing::KilledBySignal;

uint8_t Read(const uint8_t* address) {
  return *const_cast<const volatile uint8_t*>(address);
}
void Write(uint8_t* address) { *const_cast<volatile uint8_t*>(address) = 1; }

template <typename Access>
void Dies(Access access, uint8_t* address) {
  test::LetFaultsKill();
  access(address);
}

TEST(RoundUpTest, GoesToTheNextMultiple) {
  EXPECT_EQ(RoundUp(0, 4096), 0u);
  EXPECT_EQ(RoundUp(1, 4096), 4096u);
  EXPECT_EQ(RoundUp(4096, 4096), 4096u);
  EXPECT_EQ(RoundUp(4097, 4096), 8192u);
}

TEST(ReservationTest, IsPageGrainedAndZeroOnceAccessible) {
  ASSERT_OK_AND_ASSIGN(Reservation reservation,
                       Reservation::Create(3 * PageSize() - 1));
  EXPECT_EQ(reservation.size(), 3 * PageSize());
  ASSERT_OK(reservation.Protect(PageSize(), 1, Protection::kReadWrite));
  uint8_t* const page = reservation.begin() + PageSize();
  for (size_t i = 0; i < PageSize(); ++i) ASSERT_EQ(page[i], 0);
  Write(page + PageSize() - 1);
  EXPECT_EQ(Read(page + PageSize() - 1), 1);
}

TEST(ReservationDeathTest, ProtectionIsEnforced) {
  ASSERT_OK_AND_ASSIGN(Reservation reservation,
                       Reservation::Create(2 * PageSize()));
  uint8_t* const begin = reservation.begin();
  EXPECT_EXIT(Dies(Read, begin), KilledBySignal(SIGSEGV), "");
  ASSERT_OK(reservation.Protect(0, PageSize(), Protection::kRead));
  EXPECT_EQ(Read(begin), 0);
  EXPECT_EXIT(Dies(Write, begin), KilledBySignal(SIGSEGV), "");
  EXPECT_EXIT(Dies(Read, begin + PageSize()), KilledBySignal(SIGSEGV), "");
}

TEST(ReservationTest, MovesAndEmptiness) {
  Reservation nothing;
  EXPECT_EQ(nothing.begin(), nullptr);
  ASSERT_OK_AND_ASSIGN(nothing, Reservation::Create(0));
  EXPECT_EQ(nothing.size(), 0u);
  ASSERT_OK_AND_ASSIGN(Reservation first, Reservation::Create(PageSize()));
  uint8_t* const begin = first.begin();
  Reservation second = std::move(first);
  EXPECT_EQ(second.begin(), begin);
  EXPECT_EQ(first.begin(), nullptr);
}

TEST(ReservationTest, TakesGigabytesOfAddressSpace) {
  ASSERT_OK_AND_ASSIGN(Reservation reservation,
                       Reservation::Create(size_t{10} << 30));
  ASSERT_OK(reservation.Protect(size_t{9} << 30, 1, Protection::kReadWrite));
  Write(reservation.begin() + (size_t{9} << 30));
}

TEST(ReservationTest, SaysWhenTheSystemRefuses) {
  EXPECT_THAT(Reservation::Create(std::numeric_limits<size_t>::max()),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("address space")));
  EXPECT_THAT(Reservation::Create(size_t{1} << 60),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("1152921504606846976")));
}

}  // namespace
}  // namespace wasijit
