#include "tools/module_file.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/abi/code_image.h"
#include "runtime/code_cache.h"
#include "runtime/engine.h"
#include "runtime/platform/arch.h"
#include "test/support/status_matchers.h"
#include "tools/file.h"

namespace wasijit::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::StatusIs;

using Bytes = std::vector<uint8_t>;

Bytes BytesOf(absl::string_view text) { return {text.begin(), text.end()}; }

std::string Write(const char* name, const Bytes& bytes) {
  std::string path = testing::TempDir() + "module_file_test_" + name;
  EXPECT_OK(WriteFile(path, bytes));
  return path;
}

TEST(FormOf, LooksAtTheFirstBytes) {
  const struct {
    absl::string_view text;
    ModuleForm form;
  } kCases[] = {
      {absl::string_view("\0asm\1\0\0\0", 8), ModuleForm::kBinary},
      {absl::string_view("\0asm", 4), ModuleForm::kBinary},
      {absl::string_view("\0as", 3), ModuleForm::kUnknown},
      {"\x7f"
       "ELF",
       ModuleForm::kUnknown},
      {"", ModuleForm::kUnknown},
      {"(module)", ModuleForm::kText},
#if WASIJIT_COMPILER
      {" ;; comment\n (module)", ModuleForm::kText},
#endif
      {"text", ModuleForm::kUnknown},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(FormOf(BytesOf(test.text)), test.form) << test.text;
  }
}

class LoadModuleFileTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Engine>> engine = Engine::Create();
    ASSERT_OK(engine);
    engine_ = *std::move(engine);
  }
  absl::StatusOr<std::shared_ptr<const CompiledModule>> Load(
      const std::string& path, bool trust_all) {
    return LoadModuleFile(*engine_, path,
                          {.signatures = signatures_, .all = trust_all});
  }

  const CodeCache signatures_{
      {.directory = testing::TempDir() + "module_file_test_keys"}};
  std::unique_ptr<Engine> engine_;
};

TEST_F(LoadModuleFileTest, SaysWhatAFileIsThatIsNoModule) {
  const struct {
    const char* name;
    absl::string_view content;
    const char* message;
  } kCases[] = {
      {"empty", "", "the file is empty"},
      {"short", absl::string_view("\0as", 3), "ends within its header"},
      {"elf",
       "\x7f"
       "ELF",
       "this is not WebAssembly: it begins with \"\\x7f"},
  };
  for (const auto& test : kCases) {
    const std::string path = Write(test.name, BytesOf(test.content));
    EXPECT_THAT(Load(path, /*trust_all=*/true),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(path), HasSubstr(test.message))));
    EXPECT_THAT(ReadModuleFile(path),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(path), HasSubstr(test.message))));
  }
}

TEST_F(LoadModuleFileTest, RunsMachineCodeOnlyIfItIsTrusted) {
  CodeImage image = {};
  auto module = std::make_shared<Module>();
  module->bytes = std::make_shared<const Bytes>();
  image.module = std::move(module);
  image.instruction_set = kHostInstructionSet;
  const std::string path = Write("image", WriteImage(image));
  EXPECT_THAT(Load(path, /*trust_all=*/false),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("--allow-precompiled")));
  EXPECT_OK(Load(path, /*trust_all=*/true));
  ASSERT_OK_AND_ASSIGN(Bytes with_signature,
                       signatures_.Sign(WriteImage(image)));
  const std::string own = Write("signed", with_signature);
  EXPECT_OK(Load(own, /*trust_all=*/false));
  EXPECT_OK(Load(own, /*trust_all=*/true));
  // Somebody else's signature is as good as none.
  with_signature[with_signature.size() - 10] ^= 1;
  const std::string foreign = Write("foreign", with_signature);
  EXPECT_THAT(Load(foreign, /*trust_all=*/false),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("--allow-precompiled")));
  EXPECT_OK(Load(foreign, /*trust_all=*/true));
  EXPECT_THAT(ReadModuleFile(path), StatusIs(absl::StatusCode::kInvalidArgument,
                                             HasSubstr("compiled already")));
}

#if WASIJIT_COMPILER

TEST(ReadModuleFile, AssemblesText) {
  const std::string path = Write("text", BytesOf("(module)"));
  EXPECT_THAT(ReadModuleFile(path),
              IsOkAndHolds(BytesOf(absl::string_view("\0asm\1\0\0\0", 8))));
  const std::string bad = Write("bad", BytesOf("(module (fun))"));
  EXPECT_THAT(ReadModuleFile(bad),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(bad), HasSubstr("1:10"))));
}

#endif  // WASIJIT_COMPILER

}  // namespace
}  // namespace wasijit::tools
