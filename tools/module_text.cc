#include "tools/module_text.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/validation/module_validator.h"
#include "runtime/status/status_macros.h"
#include "tools/file.h"
#include "tools/module_file.h"

namespace wasijit::tools {
namespace {

absl::string_view TextOf(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::StatusOr<Module> ModuleOf(absl::Span<const uint8_t> bytes,
                                const compiler::ParseOptions& options) {
  RETURN_IF_ERROR(CheckIsModule(bytes));
  return FormOf(bytes) == ModuleForm::kText
             ? compiler::ParseModule(TextOf(bytes), options)
             : compiler::DecodeModule(bytes, options.features);
}

}  // namespace

absl::StatusOr<Module> ReadModule(const std::string& path,
                                  const compiler::ParseOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  return WithPath(ModuleOf(bytes, options), path);
}

absl::StatusOr<Module> ReadValidModule(const std::string& path,
                                       const compiler::ParseOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<uint8_t> bytes, ReadFile(path));
  ASSIGN_OR_RETURN(Module module, WithPath(ModuleOf(bytes, options), path));
  absl::Status error = compiler::ValidateModule(module, options.features);
  if (error.ok()) return module;
  const std::optional<uint32_t> offset = compiler::OffsetOf(error);
  if (offset.has_value() && FormOf(bytes) == ModuleForm::kText) {
    error = compiler::WithPlaceInText(error, *offset, TextOf(bytes), module,
                                      options);
  }
  return WithPath(error, path);
}

absl::Status WriteText(const std::string& path, absl::string_view text) {
  return WriteFile(
      path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string WithExtension(absl::string_view path, absl::string_view extension) {
  absl::string_view stem = path.substr(path.rfind('/') + 1);
  stem = stem.substr(0, stem.rfind('.'));
  return absl::StrCat(stem, extension);
}

}  // namespace wasijit::tools
