#include "tools/cached_compiler.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::_;
using ::wasijit::test::StatusIs;

// (module (func (export "f") (result i32) i32.const 7))
constexpr uint8_t kModule[] = {0,  'a', 's', 'm',  1,   0,    0,    0,  //
                               1,  5,   1,   0x60, 0,   1,    0x7f,     //
                               3,  2,   1,   0,                         //
                               7,  5,   1,   1,    'f', 0,    0,        //
                               10, 6,   1,   4,    0,   0x41, 7,    0x0b};

bool IsMapped(const std::string& library) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find(library) != std::string::npos) return true;
  }
  return false;
}

class CachedCompilerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string root = absl::StrCat(testing::TempDir(), "/cached_XXXXXX");
    ASSERT_NE(mkdtemp(root.data()), nullptr);
    directory_ = root;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::shared_ptr<const CodeCache> Cache() const {
    return std::make_shared<const CodeCache>(
        CodeCacheOptions{.directory = directory_});
  }
  uint64_t Stored() const { return Cache()->Measure()->files; }

  std::string directory_;
};

TEST_F(CachedCompilerTest, StoresByModuleAndOptions) {
  const auto compile = [&](const compiler::CompileOptions& options,
                           BoundsChecks checks) {
    return CachedCompiler(options, Cache())(kModule, checks);
  };
  ASSERT_OK_AND_ASSIGN(CompileResult fresh,
                       compile({}, BoundsChecks::kGuardPages));
  EXPECT_EQ(Stored(), 1u);
  ASSERT_OK_AND_ASSIGN(CompileResult cached,
                       compile({}, BoundsChecks::kGuardPages));
  EXPECT_EQ(WriteImage(std::get<CodeImage>(cached)),
            WriteImage(std::get<CodeImage>(fresh)));
  EXPECT_EQ(Stored(), 1u);
  ASSERT_OK(compile({}, BoundsChecks::kExplicit));
  EXPECT_EQ(Stored(), 2u);
  compiler::CompileOptions baseline;
  baseline.cpu = "baseline";
  ASSERT_OK(compile(baseline, BoundsChecks::kGuardPages));
  EXPECT_EQ(Stored(), 3u);
  std::vector<uint8_t> other(std::begin(kModule), std::end(kModule));
  other[other.size() - 2] = 8;
  ASSERT_OK(CachedCompiler({}, Cache())(other, BoundsChecks::kGuardPages));
  EXPECT_EQ(Stored(), 4u);
}

TEST_F(CachedCompilerTest, DoesNotLoadTheCompilerOnAHit) {
  const bool was_mapped = IsMapped("libwasijit_compiler.so");
  const auto compile = [&] {
    return CachedCompiler({}, Cache())(kModule, BoundsChecks::kGuardPages);
  };
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(compile().ok() ? 0 : 1);
  int status;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_OK(compile());
  EXPECT_EQ(IsMapped("libwasijit_compiler.so"), was_mapped);
}

TEST_F(CachedCompilerTest, CompilesAgainWhatIsNoImage) {
  ASSERT_OK(CachedCompiler({}, Cache())(kModule, BoundsChecks::kGuardPages));
  // As a build with the same id but other ideas would have left it.
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() != ".code") continue;
    Digest key;
    const std::string name = entry.path().stem();
    for (size_t i = 0; i < key.size(); ++i) {
      key[i] =
          static_cast<uint8_t>(std::stoi(name.substr(2 * i, 2), nullptr, 16));
    }
    ASSERT_OK(Cache()->Store(key, BytesOf("no image")));
    break;
  }
  ASSERT_OK_AND_ASSIGN(
      CompileResult image,
      CachedCompiler({}, Cache())(kModule, BoundsChecks::kGuardPages));
  EXPECT_EQ(std::get<CodeImage>(image).functions.size(), 1u);
}

TEST_F(CachedCompilerTest, CompilesWithoutADirectory) {
  directory_ = "/proc/no/such/place";
  EXPECT_OK(CachedCompiler({}, Cache())(kModule, BoundsChecks::kGuardPages));
}

TEST_F(CachedCompilerTest, StoresNoErrors) {
  EXPECT_THAT(
      CachedCompiler({}, Cache())(absl::MakeConstSpan(kModule).first(20),
                                  BoundsChecks::kGuardPages),
      StatusIs(absl::StatusCode::kInvalidArgument, _));
  EXPECT_EQ(Stored(), 0u);
}

}  // namespace
}  // namespace wasijit::tools
