#include <netinet/in.h>
#include <sys/socket.h>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

class SocketTest : public GuestTest {
 protected:
  // Of the guest: after the two preopens.
  static constexpr Fd kListener = Fd{5};

  void SetUp() override {
    listener_ = HostFile::Own(socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in any = {.sin_family = AF_INET,
                             .sin_port = 0,
                             .sin_addr = {htonl(INADDR_LOOPBACK)},
                             .sin_zero = {}};
    ASSERT_EQ(bind(listener_.fd(), reinterpret_cast<const sockaddr*>(&any),
                   sizeof(any)),
              0);
    ASSERT_EQ(listen(listener_.fd(), 4), 0);
    Start({.listeners = {listener_.fd()}});
  }

  HostFile Connect() {
    sockaddr_storage address;
    socklen_t size = sizeof(address);
    EXPECT_EQ(getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address),
                          &size),
              0);
    HostFile peer = HostFile::Own(socket(AF_INET, SOCK_STREAM, 0));
    EXPECT_EQ(connect(peer.fd(), reinterpret_cast<sockaddr*>(&address), size),
              0);
    return peer;
  }

  Result<SizeAndFlags> Receive(Fd fd, std::string& text, Riflags flags) {
    const Iovecs iovecs = guest().NewIovecs({3, 5});
    auto received = calls().SockRecv(fd, iovecs, flags);
    if (received) text = GuestArena::Text(iovecs, received->first);
    return received;
  }

  Fd Accept(Fdflags flags = Fdflags::kNone) {
    const Result<Fd> fd = calls().SockAccept(kListener, flags);
    EXPECT_THAT(fd, Succeeds());
    return fd.value_or(kUnused);
  }

 private:
  HostFile listener_;
};

TEST_P(SocketTest, AcceptedConnectionsCarryDataBothWays) {
  const HostFile peer = Connect();
  const Fd fd = Accept();
  EXPECT_EQ(calls().FdFdstatGet(fd)->filetype, Filetype::kSocketStream);
  ASSERT_EQ(send(peer.fd(), "hello", 5, 0), 5);
  std::string text;
  EXPECT_EQ(Receive(fd, text, Riflags::kRecvPeek),
            (SizeAndFlags{5, Roflags::kNone}));
  EXPECT_EQ(text, "hello");
  EXPECT_EQ(Receive(fd, text, Riflags::kNone)->first, 5u);
  EXPECT_EQ(
      calls().SockSend(fd, guest().NewCiovecs({"good", "bye"}), Siflags::kNone),
      7u);
  // Reading and writing work as well.
  EXPECT_EQ(WriteText(fd, {"!"}), 1u);
  char answer[16];
  EXPECT_EQ(recv(peer.fd(), answer, 8, MSG_WAITALL), 8);
  EXPECT_EQ(std::string(answer, 8), "goodbye!");
}

TEST_P(SocketTest, TheFlagsOfAcceptAreThoseOfTheNewSocket) {
  const HostFile peer = Connect();
  const Fd fd = Accept(Fdflags::kNonblock);
  EXPECT_EQ(calls().FdFdstatGet(fd)->flags, Fdflags::kNonblock);
  EXPECT_EQ(calls().FdFdstatGet(kListener)->flags, Fdflags::kNone);
  std::string text;
  EXPECT_THAT(Receive(fd, text, Riflags::kNone), FailsWith(Errno::kAgain));
  EXPECT_THAT(calls().SockAccept(kListener, Fdflags::kAppend),
              FailsWith(Errno::kInval));
}

TEST_P(SocketTest, ANonblockingListenerDoesNotWait) {
  ASSERT_THAT(calls().FdFdstatSetFlags(kListener, Fdflags::kNonblock),
              Succeeds());
  EXPECT_THAT(calls().SockAccept(kListener, Fdflags::kNone),
              FailsWith(Errno::kAgain));
}

TEST_P(SocketTest, ShutdownEndsADirection) {
  const HostFile peer = Connect();
  const Fd fd = Accept();
  EXPECT_THAT(calls().SockShutdown(fd, Sdflags::kNone),
              FailsWith(Errno::kInval));
  EXPECT_THAT(calls().SockShutdown(fd, Sdflags::kWr), Succeeds());
  char byte;
  EXPECT_EQ(recv(peer.fd(), &byte, 1, 0), 0);
  // Neither the process nor the socket's other half dies of it.
  EXPECT_THAT(calls().SockSend(fd, guest().NewCiovecs({"x"}), Siflags::kNone),
              FailsWith(Errno::kPipe));
  EXPECT_THAT(WriteText(fd, {"x"}), FailsWith(Errno::kPipe));
  EXPECT_THAT(calls().SockShutdown(fd, Sdflags::kRd | Sdflags::kWr),
              Succeeds());
}

TEST_P(SocketTest, TruncatedDatagramsAreTold) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
  Start({.listeners = {pair[0]}});
  ASSERT_EQ(send(pair[1], "0123456789", 10, 0), 10);
  std::string text;
  EXPECT_EQ(Receive(kListener, text, Riflags::kNone),
            (SizeAndFlags{8, Roflags::kRecvDataTruncated}));
  EXPECT_EQ(text, "01234567");
  close(pair[0]);
  close(pair[1]);
}

TEST_P(SocketTest, OtherFilesAreNoSockets) {
  const auto notsock = FailsWith(Errno::kNotsock);
  for (const Fd fd : {kBox, MustOpen(".", kDirectoryRights)}) {
    EXPECT_THAT(calls().SockAccept(fd, Fdflags::kNone), notsock);
    EXPECT_THAT(calls().SockRecv(fd, {}, Riflags::kNone), notsock);
    EXPECT_THAT(calls().SockSend(fd, {}, Siflags::kNone), notsock);
    EXPECT_THAT(calls().SockShutdown(fd, Sdflags::kRd), notsock);
  }
}

TEST_P(SocketTest, EveryCallNeedsItsRight) {
  ASSERT_THAT(
      calls().FdFdstatSetRights(kListener, Rights::kNone, Rights::kNone),
      Succeeds());
  const auto incapable = FailsWith(Errno::kNotcapable);
  EXPECT_THAT(calls().SockAccept(kListener, Fdflags::kNone), incapable);
  EXPECT_THAT(calls().SockRecv(kListener, {}, Riflags::kNone), incapable);
  EXPECT_THAT(calls().SockSend(kListener, {}, Siflags::kNone), incapable);
  EXPECT_THAT(calls().SockShutdown(kListener, Sdflags::kRd), incapable);
}

INSTANTIATE_ONCE(SocketTest);

}  // namespace
}  // namespace wasijit::wasi
