// Files that the user names.
#ifndef WASIJIT_TOOLS_FILE_H_
#define WASIJIT_TOOLS_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace wasijit::tools {

// Longer files are refused: offsets in a module are 32 bits.
inline constexpr size_t kMaxFileSize = UINT32_MAX;

// The whole file; "-" is the standard input. Errors name the file and say what
// the system says; ResourceExhausted if it is longer than `max_size`.
absl::StatusOr<std::vector<uint8_t>> ReadFile(const std::string& path,
                                              size_t max_size = kMaxFileSize);

enum class FileKind { kData, kExecutable };

// Replaces the file as a whole, or, on an error or when the user interrupts,
// not at all; "-" is the standard output.
absl::Status WriteFile(const std::string& path, absl::Span<const uint8_t> bytes,
                       FileKind kind = FileKind::kData);

// An error with "path: " in front of its message; anything else unchanged.
absl::Status WithPath(const absl::Status& status, absl::string_view path);
template <typename T>
absl::StatusOr<T> WithPath(absl::StatusOr<T> result, absl::string_view path) {
  if (result.ok()) return result;
  return WithPath(result.status(), path);
}

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_FILE_H_
