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
// Of a component the second half of the version, the layer, is not 0.
constexpr size_t kLayerOffset = 6;
constexpr size_t kHeaderSize = 8;

absl::string_view TextOf(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
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

// Decoding finds everything else that may be wrong.
absl::Status CheckNoComponent(absl::Span<const uint8_t> bytes) {
  if (bytes.size() >= kHeaderSize && bytes[kLayerOffset] != 0) {
    return absl::InvalidArgumentError(
        "this is a component, not a core module; components are not supported");
  }
  return absl::OkStatus();
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
      if (absl::Status status = CheckNoComponent(bytes); !status.ok()) {
        module = std::move(status);
      } else {
        module = engine.Compile(bytes);
      }
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
  return WithPath(std::move(module), path);
}

absl::StatusOr<std::vector<uint8_t>> ReadModuleFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  switch (FormOf(bytes)) {
    case ModuleForm::kBinary:
      RETURN_IF_ERROR(WithPath(CheckNoComponent(bytes), path));
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
