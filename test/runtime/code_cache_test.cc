#include "runtime/code_cache.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::wasijit::test::StatusIs;
using Bytes = std::vector<uint8_t>;

Digest KeyOf(absl::string_view text) { return DigestOf({BytesOf(text)}); }

Bytes ContentOf(absl::string_view text) {
  return {BytesOf(text).begin(), BytesOf(text).end()};
}

class CodeCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = absl::StrCat(testing::TempDir(), "/code_cache_XXXXXX");
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    options_.directory = root_ + "/cache";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  CodeCache Open() const { return CodeCache(options_); }
  std::string PathOf(const std::string& name) const {
    return absl::StrCat(options_.directory, "/", name);
  }
  std::string PathOf(const Digest& key) const {
    return PathOf(ToString(key) + ".code");
  }
  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void WriteFile(const std::string& path, absl::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  // As if last used so long ago.
  void SetAge(const std::string& path, int64_t seconds) const {
    const struct timespec time = {.tv_sec = std::time(nullptr) - seconds,
                                  .tv_nsec = 0};
    const struct timespec times[2] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  std::string root_;
  CodeCacheOptions options_;
};

TEST_F(CodeCacheTest, FindsWhatWasStored) {
  const Digest key = KeyOf("a");
  EXPECT_EQ(Open().Lookup(key), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(options_.directory));
  ASSERT_OK(Open().Store(key, BytesOf("code")));
  EXPECT_THAT(Open().Lookup(key), Optional(Eq(ContentOf("code"))));
  EXPECT_EQ(Open().Lookup(KeyOf("b")), std::nullopt);
  ASSERT_OK(Open().Store(key, BytesOf("better code")));
  EXPECT_THAT(Open().Lookup(key), Optional(Eq(ContentOf("better code"))));
  ASSERT_OK(Open().Store(KeyOf("b"), {}));
  EXPECT_THAT(Open().Lookup(KeyOf("b")), Optional(Eq(Bytes())));
}

TEST_F(CodeCacheTest, NeverFindsWhatIsCut) {
  const CodeCache cache = Open();
  const Digest key = KeyOf("a");
  ASSERT_OK(cache.Store(key, BytesOf("some code, not long")));
  const std::string file = ReadFile(PathOf(key));
  for (size_t size = 0; size < file.size(); ++size) {
    WriteFile(PathOf(key), file.substr(0, size));
    EXPECT_EQ(cache.Lookup(key), std::nullopt) << size;
    WriteFile(PathOf(key), file.substr(file.size() - size));
    EXPECT_EQ(cache.Lookup(key), std::nullopt) << size;
  }
  WriteFile(PathOf(key), file + '\0');
  EXPECT_EQ(cache.Lookup(key), std::nullopt);
  WriteFile(PathOf(key), file);
  EXPECT_NE(cache.Lookup(key), std::nullopt);
}

TEST_F(CodeCacheTest, NeverFindsWhatIsAltered) {
  const CodeCache cache = Open();
  const Digest key = KeyOf("a");
  ASSERT_OK(cache.Store(key, BytesOf("some code, not long")));
  const std::string file = ReadFile(PathOf(key));
  for (size_t i = 0; i < file.size() * 8; ++i) {
    std::string altered = file;
    altered[i / 8] = static_cast<char>(altered[i / 8] ^ 1 << i % 8);
    WriteFile(PathOf(key), altered);
    EXPECT_EQ(cache.Lookup(key), std::nullopt) << i;
  }
}

TEST_F(CodeCacheTest, NeverFindsWhatIsAnotherKeys) {
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  std::filesystem::copy(PathOf(KeyOf("a")), PathOf(KeyOf("b")));
  EXPECT_EQ(Open().Lookup(KeyOf("b")), std::nullopt);
}

TEST_F(CodeCacheTest, NeverFindsWhatAnotherUserMade) {
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  const std::string key = ReadFile(PathOf("key"));
  EXPECT_EQ(key.size(), kDigestSize);
  for (size_t i = 0; i < key.size(); ++i) {
    std::string other = key;
    other[i] = static_cast<char>(other[i] ^ 4);
    WriteFile(PathOf("key"), other);
    EXPECT_EQ(Open().Lookup(KeyOf("a")), std::nullopt) << i;
  }
  WriteFile(PathOf("key"), key.substr(1));
  EXPECT_EQ(Open().Lookup(KeyOf("a")), std::nullopt);
  WriteFile(PathOf("key"), key);
  EXPECT_NE(Open().Lookup(KeyOf("a")), std::nullopt);
}

TEST_F(CodeCacheTest, TrustsNothingThatOthersCouldHaveMade) {
  const auto is_found = [&] { return Open().Lookup(KeyOf("a")).has_value(); };
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  const std::string code = PathOf(KeyOf("a")), key = PathOf("key");
  const struct {
    std::string path;
    mode_t bad, good;
  } kModes[] = {{options_.directory, 0770, 0700},
                {options_.directory, 0707, 0700},
                {code, 0620, 0600},
                {code, 0602, 0600},
                {key, 0640, 0600},
                {key, 0604, 0600}};
  for (const auto& test : kModes) {
    ASSERT_EQ(chmod(test.path.c_str(), test.bad), 0);
    EXPECT_FALSE(is_found()) << test.path;
    ASSERT_EQ(chmod(test.path.c_str(), test.good), 0);
    EXPECT_TRUE(is_found()) << test.path;
  }
  if (geteuid() == 0) {
    for (const std::string& path : {options_.directory, code, key}) {
      ASSERT_EQ(chown(path.c_str(), 1, 0), 0);
      EXPECT_FALSE(is_found()) << path;
      ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
      EXPECT_TRUE(is_found()) << path;
    }
  }
  for (const std::string& path : {code, key, options_.directory}) {
    const std::string moved = root_ + "/moved";
    std::filesystem::rename(path, moved);
    std::filesystem::create_symlink(moved, path);
    EXPECT_FALSE(is_found()) << path;
    std::filesystem::remove(path);
    std::filesystem::rename(moved, path);
    EXPECT_TRUE(is_found()) << path;
  }
}

TEST_F(CodeCacheTest, StoresNothingWhereOthersCouldWrite) {
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  ASSERT_EQ(chmod(options_.directory.c_str(), 0777), 0);
  EXPECT_THAT(Open().Store(KeyOf("b"), BytesOf("code")),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("others may write")));
}

TEST_F(CodeCacheTest, CountsAndEmpties) {
  EXPECT_EQ(Open().Measure()->files, 0u);
  EXPECT_EQ(Open().Clear()->files, 0u);
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  ASSERT_OK(Open().Store(KeyOf("b"), BytesOf("more code")));
  const auto usage = Open().Measure();
  ASSERT_OK(usage);
  EXPECT_EQ(usage->files, 2u);
  EXPECT_EQ(usage->size, 4u + 9u + 2u * 48u);
  EXPECT_EQ(Open().Clear()->files, 2u);
  EXPECT_EQ(Open().Measure()->files, 0u);
  EXPECT_EQ(Open().Lookup(KeyOf("a")), std::nullopt);
}

TEST_F(CodeCacheTest, RemovesWhatWasUsedLongestAgo) {
  options_.max_size = 100 * 10000;
  const CodeCache cache = Open();
  for (int i = 0; i < 10; ++i) {
    const Digest key = KeyOf(absl::StrCat(i));
    ASSERT_OK(cache.Store(key, Bytes(10000)));
    SetAge(PathOf(key), 100000 - i * 1000);
  }
  // Used just now.
  ASSERT_NE(cache.Lookup(KeyOf("0")), std::nullopt);
  EXPECT_EQ(cache.Prune()->files, 0u);
  options_.max_size = 100000;
  EXPECT_EQ(Open().Prune()->files, 4u);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(cache.Lookup(KeyOf(absl::StrCat(i))).has_value(), i == 0 || i > 4)
        << i;
  }
  options_.max_files = 3;
  EXPECT_EQ(Open().Prune()->files, 4u);
  EXPECT_EQ(Open().Measure()->files, 2u);
}

TEST_F(CodeCacheTest, StaysNearItsLimitByItself) {
  options_.max_size = 100000;
  const CodeCache cache = Open();
  for (int i = 0; i < 100; ++i) {
    ASSERT_OK(cache.Store(KeyOf(absl::StrCat(i)), Bytes(10000)));
    EXPECT_LE(cache.Measure()->size, options_.max_size);
  }
  // Even what is larger than everything may be.
  ASSERT_OK(cache.Store(KeyOf("large"), Bytes(200000)));
  EXPECT_LE(cache.Measure()->size, options_.max_size);
}

TEST_F(CodeCacheTest, RemovesWhatDeadProcessesLeft) {
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  WriteFile(PathOf(".new-0123456789abcdef"), "half a fi");
  EXPECT_EQ(Open().Prune()->files, 0u);
  SetAge(PathOf(".new-0123456789abcdef"), 10000);
  EXPECT_EQ(Open().Prune()->files, 1u);
  EXPECT_FALSE(std::filesystem::exists(PathOf(".new-0123456789abcdef")));
  EXPECT_NE(Open().Lookup(KeyOf("a")), std::nullopt);
}

TEST_F(CodeCacheTest, SignsFiles) {
  absl::StatusOr<Bytes> file = Open().Sign(ContentOf("code"));
  ASSERT_OK(file);
  absl::Span<const uint8_t> bytes = *file;
  EXPECT_TRUE(Open().TakeSignature(bytes));
  EXPECT_EQ(bytes, BytesOf("code"));
  EXPECT_FALSE(Open().TakeSignature(bytes));
  EXPECT_EQ(bytes, BytesOf("code"));
  EXPECT_EQ(*Open().Sign(ContentOf("code")), *file);
  for (size_t i = 0; i < file->size(); ++i) {
    Bytes altered = *file;
    altered[i] ^= 1;
    bytes = altered;
    EXPECT_FALSE(Open().TakeSignature(bytes)) << i;
  }
  // What the cache wrote is not a file that the user asked for.
  ASSERT_OK(Open().Store(KeyOf("a"), BytesOf("code")));
  const std::string stored = ReadFile(PathOf(KeyOf("a")));
  bytes = BytesOf(stored);
  EXPECT_FALSE(Open().TakeSignature(bytes));
  // The key survives an emptied cache.
  ASSERT_OK(Open().Clear());
  bytes = *file;
  EXPECT_TRUE(Open().TakeSignature(bytes));
}

TEST_F(CodeCacheTest, IsThreadSafe) {
  const CodeCache cache = Open();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const Digest key = KeyOf(absl::StrCat(i % 5));
        EXPECT_OK(cache.Store(key, Bytes(100, i % 5)));
        const auto found = cache.Lookup(key);
        ASSERT_TRUE(found);
        EXPECT_EQ(*found, Bytes(100, i % 5));
      }
    });
  }
}

// What key number i stores: long enough that writes can be interrupted.
Bytes TortureContent(unsigned i) {
  return Bytes(20000 + i * 1000, static_cast<uint8_t>(i));
}
constexpr unsigned kTortureKeys = 16;

// Writes and reads until it is killed. Dies differently if it finds anything
// that nobody stored.
[[noreturn]] void Torture(const CodeCacheOptions& options, unsigned seed) {
  std::minstd_rand random(seed);
  while (true) {
    const CodeCache cache(options);
    const unsigned i = random() % kTortureKeys;
    const Digest key = KeyOf(absl::StrCat(i));
    const auto found = cache.Lookup(key);
    if (found && *found != TortureContent(i)) _exit(1);
    const absl::Status stored = cache.Store(key, TortureContent(i));
    // Clear removes what others are writing.
    if (!stored.ok() && !absl::IsNotFound(stored)) _exit(2);
    if (random() % 64 == 0 && !cache.Clear().ok()) _exit(3);
  }
}

TEST_F(CodeCacheTest, SurvivesManyWritersThatAreKilled) {
  constexpr int kWriters = 32;
  constexpr int kKills = 200;
  // Small enough that pruning takes place all the time.
  options_.max_size = 300000;
  std::vector<pid_t> writers;
  unsigned seed = 0;
  const auto start = [&] {
    const pid_t child = fork();
    if (child == 0) Torture(options_, ++seed);
    ++seed;
    return child;
  };
  for (int i = 0; i < kWriters; ++i) writers.push_back(start());
  std::minstd_rand random(1);
  for (int i = 0; i < kKills + kWriters; ++i) {
    usleep(random() % 4000);
    pid_t& victim = writers[static_cast<size_t>(i % kWriters)];
    kill(victim, SIGKILL);
    int status;
    ASSERT_EQ(waitpid(victim, &status, 0), victim);
    EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    victim = i < kKills ? start() : 0;
  }
  const CodeCache cache = Open();
  for (unsigned i = 0; i < kTortureKeys; ++i) {
    const Digest key = KeyOf(absl::StrCat(i));
    if (const auto found = cache.Lookup(key)) {
      EXPECT_EQ(*found, TortureContent(i));
    }
    ASSERT_OK(cache.Store(key, TortureContent(i)));
    EXPECT_THAT(cache.Lookup(key), Optional(Eq(TortureContent(i))));
  }
}

TEST_F(CodeCacheTest, SurvivesAFullDisk) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const CodeCache cache = Open();
    if (!cache.Store(KeyOf("a"), BytesOf("code")).ok()) _exit(1);
    const rlimit limit = {1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    if (cache.Store(KeyOf("b"), Bytes(2000)).ok()) _exit(2);
    if (cache.Lookup(KeyOf("b"))) _exit(3);
    if (!cache.Lookup(KeyOf("a"))) _exit(4);
    _exit(0);
  }
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(std::distance(
                std::filesystem::directory_iterator(options_.directory), {}),
            2);
}

TEST_F(CodeCacheTest, OneProcessAtATimeHasTheTurn) {
  const CodeCache cache = Open();
  EXPECT_TRUE(cache.TakeTurn());
  EXPECT_FALSE(Open().TakeTurn());
  EXPECT_TRUE(cache.TakeTurn());
}

TEST_F(CodeCacheTest, NobodyHasATurnWhereNothingCanBeStored) {
  options_.directory = "/dev/null/cache";
  EXPECT_FALSE(Open().TakeTurn());
}

}  // namespace
}  // namespace wasijit
