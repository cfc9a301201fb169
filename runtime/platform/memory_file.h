// Files in memory that may hold machine code.
#ifndef WASIJIT_RUNTIME_PLATFORM_MEMORY_FILE_H_
#define WASIJIT_RUNTIME_PLATFORM_MEMORY_FILE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace wasijit {

// Closed by the destructor; mappings of it stay.
class MemoryFile {
 public:
  // Empty and sealable; negative fd() and errno if the system refuses.
  static MemoryFile Create();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }

 private:
  explicit MemoryFile(int fd) : fd_(fd) {}

  int fd_;
};

// ResourceExhausted: `call` has just failed with errno.
absl::Status CodeMemoryError(absl::string_view call);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_MEMORY_FILE_H_
