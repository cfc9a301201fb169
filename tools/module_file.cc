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

#if WASIJIT_COMPILER
#include "compiler/text/module_parser.h"
#endif

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

// From either format to the binary one.
absl::StatusOr<std::vector<uint8_t>> BinaryOf(std::vector<uint8_t> bytes) {
  RETURN_IF_ERROR(CheckIsModule(bytes));
  if (FormOf(bytes) == ModuleForm::kBinary) return bytes;
#if WASIJIT_COMPILER
  ASSIGN_OR_RETURN(Module module, compiler::ParseModule(TextOf(bytes)));
  return *module.bytes;
#else
  return absl::UnimplementedError("this build cannot read text");
#endif
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> LoadImage(
    Engine& engine, absl::Span<const uint8_t> bytes, const ImageTrust& trust) {
  if (!trust.signatures.TakeSignature(bytes) && !trust.all) {
    return absl::PermissionDeniedError(
        "this is machine code that you have not compiled here, which could do "
        "anything; if you trust it, say --allow-precompiled");
  }
  ASSIGN_OR_RETURN(CodeImage image, ReadImage(bytes));
  return engine.Load(std::move(image));
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> Load(
    Engine& engine, std::vector<uint8_t> bytes, const ImageTrust& trust) {
  if (FormOf(bytes) == ModuleForm::kImage) {
    return LoadImage(engine, bytes, trust);
  }
  ASSIGN_OR_RETURN(bytes, BinaryOf(std::move(bytes)));
  return engine.Compile(bytes);
}

}  // namespace

ModuleForm FormOf(absl::Span<const uint8_t> bytes) {
  if (HasImageMagic(bytes)) return ModuleForm::kImage;
  const absl::string_view text = TextOf(bytes);
  if (absl::StartsWith(text, kBinaryMagic)) return ModuleForm::kBinary;
#if WASIJIT_COMPILER
  if (compiler::IsModuleText(bytes)) return ModuleForm::kText;
#else
  if (absl::StartsWith(text, "(")) return ModuleForm::kText;
#endif
  return ModuleForm::kUnknown;
}

absl::Status CheckIsModule(absl::Span<const uint8_t> bytes) {
  switch (FormOf(bytes)) {
    case ModuleForm::kBinary:
      return CheckNoComponent(bytes);
    case ModuleForm::kText:
      return absl::OkStatus();
    case ModuleForm::kImage:
      return absl::InvalidArgumentError("this is compiled already");
    case ModuleForm::kUnknown:
      return NoModule(bytes);
  }
}

absl::StatusOr<std::shared_ptr<const CompiledModule>> LoadModuleFile(
    Engine& engine, const std::string& path, const ImageTrust& trust) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  return WithPath(Load(engine, std::move(bytes), trust), path);
}

absl::StatusOr<std::vector<uint8_t>> ReadModuleFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  return WithPath(BinaryOf(std::move(bytes)), path);
}

}  // namespace wasijit::tools
