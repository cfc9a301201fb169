// What is read and written again is the same, for all modules of the suite.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/binary/module_encoder.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/module_printer.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"
#include "test/spec/suite_modules.h"

namespace wasijit {
namespace {

using compiler::FeatureSet;
using compiler::ScriptModule;
using test::SuiteModule;

constexpr char kAbsent[] =
    "ABSENT: there is no test suite in " WASIJIT_TESTSUITE_DIR;

// Has empty sections, which are not written, with custom sections after them.
constexpr char kWithEmptySections[] = "custom.wast:14";

// "" if the module's text gives the module again.
std::string PrintAndParse(const Module& module) {
  const absl::StatusOr<std::string> text = compiler::PrintModule(module);
  if (!text.ok()) return std::string(text.status().message());
  const absl::StatusOr<Module> again = compiler::ParseModule(*text);
  if (!again.ok()) return std::string(again.status().message()) + *text;
  return *again->bytes == *module.bytes ? "" : "the bytes differ: " + *text;
}

TEST(RoundTrip, TextToBinaryToTextToBinary) {
  size_t count = 0;
  if (!test::ForEachSuiteModule(true, [&](const SuiteModule& module) {
        if (module.form == ScriptModule::Form::kBinary || !module.parsed.ok()) {
          return;
        }
        ++count;
        EXPECT_EQ(PrintAndParse(*module.parsed), "") << module.place;
      })) {
    GTEST_SKIP() << kAbsent;
  }
  std::printf("%zu modules in the text format\n", count);
  EXPECT_GT(count, 3000u);
}

TEST(RoundTrip, BinaryToModuleToBinaryToModule) {
  size_t count = 0;
  if (!test::ForEachSuiteModule(true, [&](const SuiteModule& module) {
        if (!module.parsed.ok()) return;
        ++count;
        const std::vector<uint8_t> encoded =
            compiler::EncodeBinary(*module.parsed);
        const absl::StatusOr<Module> again =
            compiler::DecodeModule(encoded, FeatureSet::All());
        ASSERT_TRUE(again.ok()) << module.place << ": " << again.status();
        EXPECT_EQ(compiler::EncodeBinary(*again), encoded) << module.place;
        // The text shows what the binary formats may write in several ways.
        EXPECT_TRUE(compiler::PrintModule(*again).value_or("") ==
                        compiler::PrintModule(*module.parsed).value_or("") ||
                    module.place == kWithEmptySections)
            << module.place;
        // What is written by this program is written the same again.
        if (module.form != ScriptModule::Form::kBinary) {
          EXPECT_TRUE(encoded == *module.parsed->bytes) << module.place;
        }
      })) {
    GTEST_SKIP() << kAbsent;
  }
  std::printf("%zu modules\n", count);
  EXPECT_GT(count, 3000u);
}

}  // namespace
}  // namespace wasijit
