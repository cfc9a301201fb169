// Files that hold a module in one of its forms.
#ifndef WASIJIT_TOOLS_MODULE_FILE_H_
#define WASIJIT_TOOLS_MODULE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/code_cache.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"

namespace wasijit::tools {

enum class ModuleForm : uint8_t {
  // Begins with "\0asm".
  kBinary,
  // Begins with the magic number of a code image.
  kImage,
  // Begins, after blanks and comments, with a parenthesis.
  kText,
  kUnknown,
};

ModuleForm FormOf(absl::Span<const uint8_t> bytes);

// InvalidArgument, saying what else it is, if a file begins like neither format
// of modules.
absl::Status CheckIsModule(absl::Span<const uint8_t> bytes);

// Images are machine code, which could do anything. Trusted are those that the
// user's key signed, or all.
struct ImageTrust {
  const CodeCache& signatures;
  bool all;
};

// Reads the file and makes it executable, compiling it if need be.
// PermissionDenied if it is an image that is not trusted. Errors name the file.
absl::StatusOr<std::shared_ptr<const CompiledModule>> LoadModuleFile(
    Engine& engine, const std::string& path, const ImageTrust& trust);

// The bytes of a module in the binary format: the file's, or what its text is
// assembled to. InvalidArgument if the file holds something else.
absl::StatusOr<std::vector<uint8_t>> ReadModuleFile(const std::string& path);

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_MODULE_FILE_H_
