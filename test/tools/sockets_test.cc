#include "tools/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

// The port where a socket listens.
int PortOf(int listener) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size),
            0);
  return ntohs(address.sin_port);
}

TEST(ListenAt, MakesASocketToWhichOthersConnect) {
  for (const char* address : {"127.0.0.1:0", "[127.0.0.1]:0"}) {
    const absl::StatusOr<int> listener = ListenAt(address);
    ASSERT_OK(listener);
    sockaddr_in peer = {};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<uint16_t>(PortOf(*listener)));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(
        connect(client, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer)),
        0);
    close(client);
    close(*listener);
  }
}

TEST(ListenAt, SaysWhatIsWrong) {
  for (const char* address : {"", "localhost", "1234", "1:2:3", "localhost:",
                              "256.0.0.1:80", "127.0.0.1:nonsense"}) {
    EXPECT_THAT(ListenAt(address),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr(absl::StrCat("--tcplisten ", address))))
        << address;
  }
  const absl::StatusOr<int> first = ListenAt("127.0.0.1:0");
  ASSERT_OK(first);
  const std::string taken = absl::StrCat("127.0.0.1:", PortOf(*first));
  EXPECT_THAT(ListenAt(taken).status().message(), HasSubstr(taken));
  close(*first);
}

void SetInherited(const char* count, const std::string& process) {
  setenv("LISTEN_FDS", count, 1);
  setenv("LISTEN_PID", process.c_str(), 1);
}

TEST(InheritedListeners, AreThoseFromThreeOn) {
  const int listener = *ListenAt("127.0.0.1:0");
  const int saved = dup(3);
  ASSERT_EQ(dup2(listener, 3), 3);
  SetInherited("1", absl::StrCat(getpid()));
  const absl::StatusOr<std::vector<int>> sockets = InheritedListeners();
  ASSERT_OK(sockets);
  EXPECT_THAT(*sockets, testing::ElementsAre(3));
  if (saved >= 0) {
    dup2(saved, 3);
    close(saved);
  } else if (listener != 3) {
    close(3);
  }
  close(listener);
}

TEST(InheritedListeners, MayBeMissing) {
  const auto fails =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--listenfd"));
  const std::string self = absl::StrCat(getpid());
  SetInherited("1", absl::StrCat(getppid()));
  EXPECT_THAT(InheritedListeners(), fails);
  SetInherited("0", self);
  EXPECT_THAT(InheritedListeners(), fails);
  SetInherited("many", self);
  EXPECT_THAT(InheritedListeners(), fails);
  // No descriptor is that high.
  SetInherited("1000", self);
  EXPECT_THAT(InheritedListeners(), fails);
  unsetenv("LISTEN_FDS");
  unsetenv("LISTEN_PID");
  EXPECT_THAT(InheritedListeners(), fails);
}

}  // namespace
}  // namespace wasijit::tools
