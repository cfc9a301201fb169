#include "wasi/system_call.h"

#include <signal.h>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

TEST(SystemCallTest, OffsetsAreTheHosts) {
  EXPECT_EQ(HostOffset(0), 0);
  EXPECT_EQ(HostOffset((Filesize{1} << 63) - 1),
            std::numeric_limits<off_t>::max());
  EXPECT_THAT(HostOffset(Filesize{1} << 63), FailsWith(Errno::kInval));
}

TEST(SystemCallTest, InterruptedCallsAreRepeated) {
  int calls = 0;
  EXPECT_THAT(Repeat([&] {
                errno = EINTR;
                return ++calls < 4 ? -1 : 0;
              }),
              Succeeds());
  EXPECT_EQ(calls, 4);
  EXPECT_THAT(Repeat([] {
                errno = ENOSPC;
                return -1;
              }),
              FailsWith(Errno::kNospc));
}

class TransferTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(ends_), 0);
    file_ = *Describe(HostFile::Own(ends_[0]));
  }
  void TearDown() override { close(ends_[1]); }

  int ends_[2];
  Descriptor file_;
};

TEST_F(TransferTest, AnInterruptionIsRepeatedAndAFailureIsNot) {
  int calls = 0;
  EXPECT_EQ(Transfer(file_, POLLIN,
                     [&]() -> ssize_t {
                       errno = EINTR;
                       return ++calls < 3 ? -1 : 17;
                     }),
            17u);
  EXPECT_THAT(Transfer(file_, POLLIN,
                       []() -> ssize_t {
                         errno = EIO;
                         return -1;
                       }),
              FailsWith(Errno::kIo));
}

TEST_F(TransferTest, ABlockingDescriptorWaitsUntilItIsReady) {
  ASSERT_EQ(write(ends_[1], "x", 1), 1);
  int calls = 0;
  EXPECT_EQ(Transfer(file_, POLLIN,
                     [&]() -> ssize_t {
                       errno = EAGAIN;
                       return ++calls < 3 ? -1 : 1;
                     }),
            1u);
}

TEST_F(TransferTest, ANonblockingDescriptorIsAskedFirst) {
  file_.flags = Fdflags::kNonblock;
  bool called = false;
  const auto call = [&]() -> ssize_t {
    called = true;
    return 1;
  };
  EXPECT_THAT(Transfer(file_, POLLIN, call), FailsWith(Errno::kAgain));
  EXPECT_FALSE(called);
  ASSERT_EQ(write(ends_[1], "x", 1), 1);
  EXPECT_EQ(Transfer(file_, POLLIN, call), 1u);
}

TEST_F(TransferTest, WhatIsClosedIsReady) {
  close(ends_[1]);
  EXPECT_THAT(AwaitReady(file_.file.fd(), POLLIN), Succeeds());
  EXPECT_THAT(RequireReady(file_.file.fd(), POLLIN), Succeeds());
}

}  // namespace
}  // namespace wasijit::wasi
