// Writes seeds made from the official suite: its modules as text, as binary and
// as parts of code images, and its scripts.
//
// usage: suite_seeds DIRECTORY    (which then holds binary/, text/, ...)
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/syntax/features.h"
#include "compiler/text/module_parser.h"
#include "compiler/text/script.h"
#include "compiler/validation/module_validator.h"
#include "runtime/abi/code_image.h"
#include "runtime/module/module.h"
#include "test/spec/suite_modules.h"

namespace wasijit::test {
namespace {

namespace fs = std::filesystem;
using compiler::ScriptModule;

// What is longer is slow to mutate and tells nothing more.
constexpr size_t kMaxSize = 4096;
// Every so many, to begin fast.
constexpr size_t kStride = 4;

class SeedDirectory {
 public:
  explicit SeedDirectory(fs::path path) : path_(std::move(path)) {
    fs::create_directories(path_);
  }

  void Write(absl::string_view bytes) {
    if (bytes.size() > kMaxSize || count_++ % kStride != 0) return;
    std::ofstream(path_ / absl::StrCat(count_), std::ios::binary) << bytes;
  }
  void Write(absl::Span<const uint8_t> bytes) {
    Write(absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                            bytes.size()));
  }

 private:
  fs::path path_;
  size_t count_ = 0;
};

// An image of the module whose code is nothing, but which has every table.
CodeImage ImageOf(Module module) {
  constexpr uint32_t kFunctionSize = 16;
  CodeImage image = {};
  image.cpu_features = {"avx2"};
  const uint32_t count = module.num_defined_functions();
  const uint32_t imported = module.num_imported_functions;
  image.module = std::make_shared<const Module>(std::move(module));
  image.text_size = count * kFunctionSize;
  image.code.resize(image.text_size);
  image.unwind.saved_registers = {{.index = 0, .offset = -8}};
  image.unwind.layouts = {
      {.caller_stack = 16, .saved_begin = 0, .saved_end = 1}};
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t begin = i * kFunctionSize;
    image.functions.push_back({begin, begin + kFunctionSize});
    image.inlined_calls.push_back(
        {imported + i, i, i == 0 ? kNoLocation : i - 1});
    image.locations.push_back({begin, imported + i, i, i});
    image.unwind.frames.push_back(0);
    image.unwind.landing_pads.push_back({begin, begin + 1, begin});
  }
  return image;
}

int Run(const fs::path& directory) {
  std::error_code ignored;
  fs::remove_all(directory, ignored);
  SeedDirectory binary(directory / "binary"), text(directory / "text"),
      script(directory / "script"), image(directory / "image");
  const auto write = [&](const SuiteModule& module) {
    if (module.form != ScriptModule::Form::kBinary) {
      text.Write(module.content);
      script.Write(module.content);
    } else if (!module.parsed.ok()) {
      binary.Write(module.content);
    }
    if (!module.parsed.ok()) return;
    binary.Write(*module.parsed->bytes);
    Module checked = *module.parsed;
    if (compiler::ValidateModule(checked, compiler::FeatureSet::All()).ok()) {
      image.Write(WriteImage(ImageOf(std::move(checked))));
    }
  };
  // One at least, whatever else there is.
  image.Write(WriteImage(
      ImageOf(*compiler::ParseModule("(memory 1) (func (export \"f\"))"))));
  if (!ForEachSuiteModule(true, write)) {
    std::printf("ABSENT: there is no test suite in %s\n",
                WASIJIT_TESTSUITE_DIR);
    return 0;
  }
  for (const auto& entry : fs::recursive_directory_iterator(
           WASIJIT_TESTSUITE_DIR, fs::directory_options::none)) {
    if (entry.path().extension() != ".wast") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    script.Write(std::string{std::istreambuf_iterator<char>(file), {}});
  }
  return 0;
}

}  // namespace
}  // namespace wasijit::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  return wasijit::test::Run(argv[1]);
}
