#include "runtime/platform/build_id.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::SizeIs;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

std::string BeginOfProgram() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  std::string bytes(4096, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

std::string Write(const std::string& bytes) {
  const std::string path = testing::TempDir() + "/build_id_test_file";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(BuildId, IsTheSameInTheFileAndInMemory) {
  // The linker is told to use SHA-1.
  EXPECT_THAT(BuildIdOfProgram(), SizeIs(20));
  EXPECT_THAT(BuildIdOfFile("/proc/self/exe"),
              IsOkAndHolds(BuildIdOfProgram()));
}

TEST(BuildIdOfFile, IsInNoOtherFile) {
  EXPECT_THAT(BuildIdOfFile("/nowhere/at/all"),
              StatusIs(absl::StatusCode::kNotFound, testing::_));
  for (const char* text : {"",
                           "\x7f"
                           "ELF",
                           "no program"}) {
    EXPECT_THAT(BuildIdOfFile(Write(text)),
                StatusIs(absl::StatusCode::kNotFound, testing::_));
  }
}

TEST(BuildIdOfFile, SurvivesDamage) {
  const std::string program = BeginOfProgram();
  for (size_t size = 0; size < 1024; size += 31) {
    BuildIdOfFile(Write(program.substr(0, size))).IgnoreError();
  }
  for (size_t i = 0; i < 1024; i += 3) {
    std::string damaged = program;
    damaged[i] = static_cast<char>(~damaged[i]);
    BuildIdOfFile(Write(damaged)).IgnoreError();
  }
}

}  // namespace
}  // namespace wasijit
