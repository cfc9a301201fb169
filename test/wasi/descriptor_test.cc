#include "wasi/descriptor.h"

#include <sys/socket.h>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

Descriptor MustDescribe(int fd) {
  Result<Descriptor> descriptor = Describe(HostFile::Own(fd));
  EXPECT_THAT(descriptor, Succeeds());
  return descriptor ? *std::move(descriptor) : Descriptor();
}

TEST(DescriptorTest, RightsSuitTheKindOfFile) {
  Sandbox sandbox;
  const std::string canary = sandbox.outside() / "canary";
  const Descriptor file = MustDescribe(open(canary.c_str(), O_RDONLY));
  EXPECT_EQ(file.filetype, Filetype::kRegularFile);
  EXPECT_TRUE(file.is_seekable);
  EXPECT_TRUE(HasAll(file.rights, Rights::kFdSeek | Rights::kFdAllocate));
  EXPECT_FALSE(HasAny(file.rights, Rights::kPathOpen));
  EXPECT_EQ(file.inheriting, Rights::kNone);

  const Descriptor directory =
      MustDescribe(open(sandbox.box().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(directory.filetype, Filetype::kDirectory);
  EXPECT_FALSE(HasAny(directory.rights,
                      Rights::kFdSeek | Rights::kFdTell | Rights::kFdRead |
                          Rights::kFdFilestatSetSize | Rights::kFdAllocate));
  EXPECT_TRUE(HasAll(directory.inheriting, kFileRights | kDirectoryRights));
}

TEST(DescriptorTest, PipesHaveNoPositionAndNoType) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Descriptor reading = MustDescribe(ends[0]);
  const Descriptor writing = MustDescribe(ends[1]);
  EXPECT_EQ(reading.filetype, Filetype::kUnknown);
  EXPECT_FALSE(reading.is_seekable);
  EXPECT_FALSE(HasAny(writing.rights, Rights::kFdSeek | Rights::kFdTell));
}

TEST(DescriptorTest, OnlyTerminalsLookLikeTerminals) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  // What C libraries' isatty looks at.
  const auto is_terminal = [](const Descriptor& descriptor) {
    return descriptor.filetype == Filetype::kCharacterDevice &&
           !HasAny(descriptor.rights, Rights::kFdSeek | Rights::kFdTell);
  };
  EXPECT_TRUE(is_terminal(MustDescribe(terminal)));
  EXPECT_FALSE(is_terminal(MustDescribe(open("/dev/null", O_RDWR))));
}

TEST(DescriptorTest, SocketsTellTheirType) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT_EQ(MustDescribe(pair[0]).filetype, Filetype::kSocketStream);
  EXPECT_EQ(MustDescribe(pair[1]).filetype, Filetype::kSocketStream);
  const Descriptor datagram = MustDescribe(socket(AF_UNIX, SOCK_DGRAM, 0));
  EXPECT_EQ(datagram.filetype, Filetype::kSocketDgram);
  EXPECT_TRUE(HasAll(datagram.rights, Rights::kSockShutdown));
}

TEST(DescriptorTest, WhatIsNotOpenCannotBeDescribed) {
  EXPECT_THAT(Describe(HostFile::Borrow(1 << 20)), FailsWith(Errno::kBadf));
}

}  // namespace
}  // namespace wasijit::wasi
