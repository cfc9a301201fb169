#include "wasi/context.h"

#include <signal.h>
#include <sys/socket.h>

#include "absl/status/status.h"
#include "test/support/status_matchers.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

using test::StatusIs;
using testing::HasSubstr;

TEST(ContextTest, DescriptorsComeInOrder) {
  Sandbox sandbox;
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  ContextOptions options;
  options.preopens = {
      {.guest = "/a", .host = sandbox.box()},
      {.guest = "b", .host = sandbox.outside(), .read_only = true}};
  options.listeners = {pair[0]};
  auto context = Context::Create(options);
  ASSERT_TRUE(context.ok());
  FdTable& fds = (*context)->descriptors();
  const auto preopen = [&](uint32_t fd) {
    return (*fds.Find(Fd{fd}))->preopen;
  };
  EXPECT_EQ(preopen(2), std::nullopt);
  EXPECT_EQ(preopen(3), "/a");
  EXPECT_EQ(preopen(4), "b");
  EXPECT_FALSE((*fds.Find(Fd{3}))->is_read_only);
  EXPECT_TRUE((*fds.Find(Fd{4}))->is_read_only);
  EXPECT_TRUE((*fds.Find(Fd{5}))->IsSocket());
  EXPECT_THAT(fds.Find(Fd{6}), FailsWith(Errno::kBadf));
  // Listeners stay the embedder's.
  context->reset();
  EXPECT_GE(fcntl(pair[0], F_GETFD), 0);
  close(pair[0]);
  close(pair[1]);
}

TEST(ContextTest, NoDescriptorIsInheritedByOtherPrograms) {
  Sandbox sandbox;
  ContextOptions options;
  options.preopens = {{.guest = "/", .host = sandbox.box()}};
  const auto context = Context::Create(options);
  ASSERT_TRUE(context.ok());
  const int fd = (*(*context)->descriptors().Find(Fd{3}))->file.fd();
  EXPECT_EQ(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(ContextTest, AClosedStandardStreamIsNull) {
  ContextOptions options;
  options.stdin_fd = 1 << 20;
  const auto context = Context::Create(options);
  ASSERT_TRUE(context.ok());
  Preview1 calls(*Context::Create(options));
  GuestArena arena;
  EXPECT_EQ(calls.FdRead(Fd{0}, arena.NewIovecs({4})), 0u);
}

TEST(ContextTest, AppendingStreamsSaySo) {
  Sandbox sandbox;
  const HostFile log = HostFile::Own(open((sandbox.box() / "log").c_str(),
                                          O_CREAT | O_WRONLY | O_APPEND, 0600));
  ContextOptions options;
  options.stdout_fd = log.fd();
  const auto context = Context::Create(options);
  ASSERT_TRUE(context.ok());
  EXPECT_EQ((*(*context)->descriptors().Find(Fd{1}))->flags, Fdflags::kAppend);
}

TEST(ContextTest, WhatCannotBeGivenIsNamed) {
  Sandbox sandbox;
  Sandbox::WriteFile(sandbox.box() / "file", "");
  const auto create = [](ContextOptions options) {
    return Context::Create(options).status();
  };
  ContextOptions options;
  options.preopens = {{.guest = "/", .host = "/does/not/exist"}};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kNotFound,
                                        HasSubstr("/does/not/exist")));
  options.preopens = {{.guest = "/", .host = sandbox.box() / "file"}};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        HasSubstr("file")));
  options.preopens = {{.guest = std::string("a\0b", 3), .host = sandbox.box()}};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("zero byte")));
  options = {};
  options.args = {std::string("\0", 1)};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("argument 0")));
  options = {};
  options.env = {"A=1", std::string("B\0", 2)};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("environment variable 1")));
  options = {};
  options.listeners = {1 << 20};
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                        HasSubstr("not a socket")));
  options = {};
  options.preopens = {{.guest = "/", .host = sandbox.box()}};
  options.max_descriptors = 3;
  EXPECT_THAT(create(options), StatusIs(absl::StatusCode::kResourceExhausted,
                                        HasSubstr("too many open files")));
}

TEST(ContextTest, TheEmbeddersSignalActionsAreKept) {
  struct sigaction own = {};
  own.sa_handler = SIG_IGN;
  struct sigaction before;
  ASSERT_EQ(sigaction(SIGPIPE, &own, &before), 0);
  ASSERT_TRUE(Context::Create({}).ok());
  struct sigaction after;
  ASSERT_EQ(sigaction(SIGPIPE, &before, &after), 0);
  EXPECT_EQ(after.sa_handler, SIG_IGN);
}

}  // namespace
}  // namespace wasijit::wasi
