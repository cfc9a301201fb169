#include "tools/user_cache.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

absl::StatusOr<UserCache> CacheFor(std::vector<std::string> options) {
  options.insert(options.begin(), "run");
  options.push_back("file.wasm");
  const absl::StatusOr<CommandLine> line = CommandLine::Parse(options);
  EXPECT_OK(line);
  return UserCacheOf(*line);
}

std::string Write(const char* text) {
  const std::string path = testing::TempDir() + "/user_cache_test_config";
  std::ofstream(path) << text;
  return path;
}

class UserCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("XDG_CACHE_HOME", "/cache", 1);
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
  }
};

TEST_F(UserCacheTest, IsOnUnlessItIsSwitchedOff) {
  const struct {
    std::vector<std::string> options;
    bool enabled;
  } kCases[] = {
      {{}, true},
      {{"-C", "cache"}, true},
      {{"-C", "cache=y"}, true},
      {{"-C", "cache=n"}, false},
      {{"-Ccache=n"}, false},
      {{"--no-cache"}, false},
      {{"--cache", "--no-cache"}, false},
  };
  for (const auto& test : kCases) {
    const auto cache = CacheFor(test.options);
    ASSERT_OK(cache);
    EXPECT_EQ(cache->enabled, test.enabled)
        << testing::PrintToString(test.options);
    EXPECT_EQ(cache->cache->options().directory, "/cache/wasijit");
  }
}

TEST_F(UserCacheTest, IsWhereTheConfigurationSays) {
  const auto cache = CacheFor(
      {"--config", Write("[cache]\ndirectory = '/x'\nenabled = false")});
  ASSERT_OK(cache);
  EXPECT_FALSE(cache->enabled);
  EXPECT_EQ(cache->cache->options().directory, "/x");
}

TEST_F(UserCacheTest, NeedsAHome) {
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  const auto cache = CacheFor({});
  ASSERT_OK(cache);
  EXPECT_FALSE(cache->enabled);
  EXPECT_FALSE(cache->cache->Store({}, {}).ok());
  EXPECT_FALSE(cache->cache->Lookup({}));
}

TEST_F(UserCacheTest, NamesAFileThatIsWrong) {
  EXPECT_THAT(
      CacheFor({"--config", "/nowhere/at/all"}),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/at/all")));
  const std::string path = Write("[cache]\nx = 1");
  EXPECT_THAT(CacheFor({"--config", path}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(path + ": line 2: unknown key 'x'")));
}

}  // namespace
}  // namespace wasijit::tools
