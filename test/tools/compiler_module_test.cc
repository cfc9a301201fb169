#include "tools/compiler_module.h"

#include <cstdint>
#include <cstdio>
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

TEST(LazyCompiler, OpensTheModuleWhenThereIsSomethingToCompile) {
  // Another test of the same process may have opened it.
  const bool was_mapped = IsMapped("libwasijit_compiler.so");
  const CompileFunction compile = LazyCompiler({});
  // What is invalid is found without LLVM.
  EXPECT_THAT(compile(absl::MakeConstSpan(kModule).first(20),
                      BoundsChecks::kGuardPages),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")));
  EXPECT_EQ(IsMapped("libwasijit_compiler.so"), was_mapped);

  ASSERT_OK_AND_ASSIGN(CodeImage image,
                       compile(kModule, BoundsChecks::kExplicit));
  EXPECT_TRUE(IsMapped("libwasijit_compiler.so"));
  EXPECT_EQ(image.bounds_checks, BoundsChecks::kExplicit);
  EXPECT_EQ(image.functions.size(), 1);
  EXPECT_GT(image.text_size, 0);
}

TEST(OpenCompilerModule, GivesTheSameBackendEachTime) {
  ASSERT_OK_AND_ASSIGN(const compiler::Backend* first, OpenCompilerModule());
  ASSERT_OK_AND_ASSIGN(const compiler::Backend* second, OpenCompilerModule());
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace wasijit::tools
