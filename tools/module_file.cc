#include "tools/module_file.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/abi/code_image.h"
#include "runtime/status/status_macros.h"
#include "tools/file.h"

namespace wasijit::tools {
namespace {

constexpr absl::string_view kBinaryMagic("\0asm", 4);

absl::string_view TextOf(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::Status WithPath(const absl::Status& status, absl::string_view path) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", status.message()));
}

absl::Status NoModule(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) {
    return absl::InvalidArgumentError("the file is empty");
  }
  if (absl::StartsWith(kBinaryMagic, TextOf(bytes)) ||
      absl::StartsWith(TextOf(bytes), kBinaryMagic)) {
    return absl::InvalidArgumentError("the file ends within its header");
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "this is not WebAssembly: it begins with \"",
      absl::CHexEscape(TextOf(bytes.first(std::min<size_t>(bytes.size(), 8)))),
      "\""));
}

}  // namespace

ModuleForm FormOf(absl::Span<const uint8_t> bytes) {
  if (HasImageMagic(bytes)) return ModuleForm::kImage;
  const absl::string_view text = TextOf(bytes);
  if (absl::StartsWith(text, kBinaryMagic)) return ModuleForm::kBinary;
  return ModuleForm::kUnknown;
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> LoadModuleFile(
    Engine& engine, const std::string& path, bool trust_images) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  absl::StatusOr<std::shared_ptr<const CompiledModule>> module;
  switch (FormOf(bytes)) {
    case ModuleForm::kBinary:
      module = engine.Compile(bytes);
      break;
    case ModuleForm::kImage: {
      if (!trust_images) {
        module = absl::PermissionDeniedError(
            "this is machine code, which could do anything; if you trust it, "
            "say --allow-precompiled");
        break;
      }
      absl::StatusOr<CodeImage> image = ReadImage(bytes);
      module = image.ok() ? engine.Load(*std::move(image)) : image.status();
      break;
    }
    case ModuleForm::kText:
    case ModuleForm::kUnknown:
      module = NoModule(bytes);
      break;
  }
  if (!module.ok()) return WithPath(module.status(), path);
  return module;
}

absl::StatusOr<std::vector<uint8_t>> ReadModuleFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  switch (FormOf(bytes)) {
    case ModuleForm::kBinary:
      return bytes;
    case ModuleForm::kImage:
      return WithPath(absl::InvalidArgumentError("this is compiled already"),
                      path);
    case ModuleForm::kText:
    case ModuleForm::kUnknown:
      return WithPath(NoModule(bytes), path);
  }
}

}  // namespace wasijit::tools
