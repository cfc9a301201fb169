#include "tools/config.h"

#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit::tools {
namespace {

using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

TEST(ParseConfig, ReadsEveryKey) {
  const auto config = ParseConfig(
      "# comment\n\n[cache]  # more\n"
      "enabled = false\n"
      "directory = \"/a b#c\" # behind\n"
      "files-total-size-soft-limit=\"64Mi\"\n"
      "\tfile-count-soft-limit = 17\n",
      Config());
  ASSERT_OK(config);
  EXPECT_FALSE(config->cache_enabled);
  EXPECT_EQ(config->cache.directory, "/a b#c");
  EXPECT_EQ(config->cache.max_size, uint64_t{64} << 20);
  EXPECT_EQ(config->cache.max_files, 17u);
}

TEST(ParseConfig, LeavesTheRestAsItIs) {
  Config config;
  config.cache.directory = "/somewhere";
  config.cache.max_files = 5;
  const auto parsed = ParseConfig("[cache]\ndirectory = '/else'\n", config);
  ASSERT_OK(parsed);
  EXPECT_TRUE(parsed->cache_enabled);
  EXPECT_EQ(parsed->cache.directory, "/else");
  EXPECT_EQ(parsed->cache.max_files, 5u);
  EXPECT_EQ(ParseConfig("", config)->cache.directory, "/somewhere");
}

TEST(ParseConfig, SaysWhatIsWrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"enabled = true", "line 1: expected [cache] before"},
      {"\n[cash]", "line 2: unknown section [cash]"},
      {"[cache]\nenabled", "line 2: expected KEY = VALUE"},
      {"[cache]\nenable = true", "line 2: unknown key 'enable'"},
      {"[cache]\nenabled = yes", "line 2: 'enabled' cannot be yes"},
      {"[cache]\ndirectory = /x", "line 2: 'directory' cannot be /x"},
      {"[cache]\ndirectory = \"x\"", "'x' is no absolute path"},
      {"[cache]\ndirectory = \"/x", "'directory' cannot be \"/x"},
      {"[cache]\nfile-count-soft-limit = -1", "cannot be -1"},
      {"[cache]\nfile-count-soft-limit = \"\"", "cannot be \"\""},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(
        ParseConfig(test.text, Config()),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
  }
}

TEST(ConfigText, SaysWhatHolds) {
  Config config;
  config.cache_enabled = false;
  config.cache.directory = "/a \"quoted\" \\ path";
  config.cache.max_size = 12345;
  config.cache.max_files = uint64_t{3} << 20;
  const auto parsed = ParseConfig(ConfigText(config), Config());
  ASSERT_OK(parsed);
  EXPECT_EQ(parsed->cache_enabled, config.cache_enabled);
  EXPECT_EQ(parsed->cache.directory, config.cache.directory);
  EXPECT_EQ(parsed->cache.max_size, config.cache.max_size);
  EXPECT_EQ(parsed->cache.max_files, config.cache.max_files);
}

class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}) {
      unsetenv(name);
    }
  }
};

TEST_F(EnvironmentTest, NamesTheDirectories) {
  EXPECT_EQ(DefaultConfig().cache.directory, "");
  EXPECT_EQ(DefaultConfigPath(), "");
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(DefaultConfig().cache.directory, "/home/me/.cache/wasijit");
  EXPECT_EQ(DefaultConfigPath(), "/home/me/.config/wasijit/config.toml");
  setenv("XDG_CACHE_HOME", "/var/cache", 1);
  setenv("XDG_CONFIG_HOME", "relative", 1);
  EXPECT_EQ(DefaultConfig().cache.directory, "/var/cache/wasijit");
  EXPECT_EQ(DefaultConfigPath(), "/home/me/.config/wasijit/config.toml");
}

}  // namespace
}  // namespace wasijit::tools
