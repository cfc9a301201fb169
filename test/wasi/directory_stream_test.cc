#include "wasi/directory_stream.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

struct Entry {
  Dirent dirent;
  std::string name;
};

class DirectoryStreamTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = HostFile::Own(
        open(sandbox_.box().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  std::filesystem::path box() const { return sandbox_.box(); }
  int directory() const { return directory_.fd(); }

  // The whole entries that a read into a buffer of this size gives; `is_end`
  // if the buffer was not filled.
  std::vector<Entry> Read(Dircookie cookie, size_t size, bool& is_end) {
    std::vector<uint8_t> buffer(size);
    const Result<Size> used =
        stream_.Read(directory(), cookie, absl::MakeSpan(buffer));
    EXPECT_THAT(used, Succeeds());
    is_end = used.value_or(0) < size;
    std::vector<Entry> entries;
    for (size_t at = 0; at + sizeof(Dirent) <= used.value_or(0);) {
      Entry entry;
      std::memcpy(&entry.dirent, buffer.data() + at, sizeof(Dirent));
      at += sizeof(Dirent);
      if (at + entry.dirent.namlen > *used) break;
      entry.name.assign(reinterpret_cast<char*>(buffer.data() + at),
                        entry.dirent.namlen);
      at += entry.dirent.namlen;
      entries.push_back(entry);
    }
    return entries;
  }

  // All names, read with a buffer of this size, as C libraries do it.
  std::vector<std::string> ReadAll(size_t size) {
    std::vector<std::string> names;
    Dircookie cookie = 0;
    for (bool is_end = false; !is_end;) {
      const std::vector<Entry> entries = Read(cookie, size, is_end);
      if (entries.empty()) break;
      for (const Entry& entry : entries) names.push_back(entry.name);
      cookie = entries.back().dirent.next;
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::vector<std::string> Fill(int count) {
    std::vector<std::string> names = {".", ".."};
    for (int i = 0; i < count; ++i) {
      names.push_back(absl::StrCat("file.", i));
      Sandbox::WriteFile(box() / names.back(), "");
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  Sandbox sandbox_;
  HostFile directory_;
  DirectoryStream stream_;
};

TEST_F(DirectoryStreamTest, AnEmptyDirectoryHasItselfAndItsParent) {
  bool is_end = false;
  const std::vector<Entry> entries = Read(0, 4096, is_end);
  EXPECT_TRUE(is_end);
  ASSERT_EQ(entries.size(), 2u);
  struct stat self;
  ASSERT_EQ(fstat(directory(), &self), 0);
  for (const Entry& entry : entries) {
    EXPECT_EQ(entry.dirent.type, Filetype::kDirectory);
    // Also of "..": what lies above is not to be known.
    EXPECT_EQ(entry.dirent.ino, self.st_ino);
  }
}

TEST_F(DirectoryStreamTest, EveryBufferSizeGivesEveryEntryOnce) {
  const std::vector<std::string> expected = Fill(40);
  // From one that holds the longest entry and a byte.
  for (const size_t size : {32u, 33u, 64u, 100u, 256u, 1000u, 65536u}) {
    EXPECT_EQ(ReadAll(size), expected) << size;
  }
}

TEST_F(DirectoryStreamTest, LargeDirectoriesAreReadInPieces) {
  const std::vector<std::string> expected = Fill(3000);
  EXPECT_EQ(ReadAll(4096), expected);
}

TEST_F(DirectoryStreamTest, TypesAreTold) {
  std::filesystem::create_directory(box() / "directory");
  std::filesystem::create_symlink("nowhere", box() / "link");
  ASSERT_EQ(mkfifo((box() / "pipe").c_str(), 0600), 0);
  Sandbox::WriteFile(box() / "file", "");
  bool is_end = false;
  for (const Entry& entry : Read(0, 4096, is_end)) {
    Filetype expected = Filetype::kDirectory;
    if (entry.name == "link") expected = Filetype::kSymbolicLink;
    if (entry.name == "pipe") expected = Filetype::kUnknown;
    if (entry.name == "file") expected = Filetype::kRegularFile;
    EXPECT_EQ(entry.dirent.type, expected) << entry.name;
  }
}

TEST_F(DirectoryStreamTest, ACookieLeadsToTheEntryAfterIt) {
  Fill(100);
  bool is_end = false;
  const std::vector<Entry> all = Read(0, 65536, is_end);
  for (const size_t i : {5u, 70u, 2u, 100u, 0u, 99u}) {
    const std::vector<Entry> rest = Read(all[i].dirent.next, 65536, is_end);
    ASSERT_EQ(rest.size(), all.size() - i - 1);
    EXPECT_TRUE(is_end);
    if (!rest.empty()) EXPECT_EQ(rest[0].name, all[i + 1].name);
  }
}

TEST_F(DirectoryStreamTest, RemovingWhatWasReadLosesNothing) {
  Fill(500);
  std::set<std::string> seen;
  Dircookie cookie = 0;
  for (bool is_end = false; !is_end;) {
    const std::vector<Entry> entries = Read(cookie, 512, is_end);
    ASSERT_FALSE(entries.empty() && !is_end);
    for (const Entry& entry : entries) {
      cookie = entry.dirent.next;
      if (entry.name[0] == '.') continue;
      EXPECT_TRUE(seen.insert(entry.name).second) << entry.name;
      std::filesystem::remove(box() / entry.name);
    }
  }
  EXPECT_EQ(seen.size(), 500u);
}

TEST_F(DirectoryStreamTest, CookieZeroSeesNewEntries) {
  EXPECT_EQ(ReadAll(4096).size(), 2u);
  Sandbox::WriteFile(box() / "new", "");
  EXPECT_EQ(ReadAll(4096).size(), 3u);
}

TEST_F(DirectoryStreamTest, CookiesThatTheGuestMadeUpAreHarmless) {
  Fill(20);
  std::vector<uint8_t> buffer(4096);
  DirectoryStream stream;
  for (const Dircookie cookie :
       {Dircookie{1}, Dircookie{12345678901}, Dircookie{1} << 62,
        (Dircookie{1} << 63) - 1}) {
    const Result<Size> used =
        stream.Read(directory(), cookie, absl::MakeSpan(buffer));
    EXPECT_TRUE(used || used.error() == Errno::kInval) << cookie;
  }
  EXPECT_THAT(
      stream.Read(directory(), Dircookie{1} << 63, absl::MakeSpan(buffer)),
      FailsWith(Errno::kInval));
  EXPECT_THAT(stream.Read(directory(), ~Dircookie{0}, absl::MakeSpan(buffer)),
              FailsWith(Errno::kInval));
  EXPECT_EQ(ReadAll(4096).size(), 22u);
}

TEST_F(DirectoryStreamTest, ARemovedDirectoryIsEmpty) {
  const std::filesystem::path path = box() / "removed";
  std::filesystem::create_directory(path);
  const HostFile removed =
      HostFile::Own(open(path.c_str(), O_RDONLY | O_DIRECTORY));
  std::filesystem::remove(path);
  DirectoryStream stream;
  std::vector<uint8_t> buffer(4096);
  EXPECT_EQ(stream.Read(removed.fd(), 0, absl::MakeSpan(buffer)), 0u);
}

TEST_F(DirectoryStreamTest, AnEmptyBufferTakesNothing) {
  DirectoryStream stream;
  EXPECT_EQ(stream.Read(directory(), 0, {}), 0u);
}

}  // namespace
}  // namespace wasijit::wasi
