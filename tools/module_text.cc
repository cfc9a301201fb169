#include "tools/module_text.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/binary/module_decoder.h"
#include "runtime/status/status_macros.h"
#include "tools/file.h"

namespace wasijit::tools {

absl::StatusOr<Module> ReadModule(const std::string& path,
                                  const compiler::ParseOptions& options) {
  ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadFile(path));
  if (compiler::IsModuleText(bytes)) {
    return WithPath(
        compiler::ParseModule(
            {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
            options),
        path);
  }
  return WithPath(compiler::DecodeModule(bytes, options.features), path);
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
