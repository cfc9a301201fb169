// Memory for machine code that is never writable and executable at once.
#ifndef WASIJIT_RUNTIME_PLATFORM_EXECUTABLE_MEMORY_H_
#define WASIJIT_RUNTIME_PLATFORM_EXECUTABLE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/platform/virtual_memory.h"

namespace wasijit {

// Text that can be executed, followed by data that can only be read. The bytes
// go into a file in memory that is sealed against writing before it is mapped,
// so no writable alias ever exists beside the executable mapping; this is also
// what systems that deny such mappings (PR_SET_MDWE, SELinux) permit.
class ExecutableMemory {
 public:
  // Owns nothing.
  ExecutableMemory() = default;
  // Maps a copy of `bytes`, of which those before `data_offset`, a multiple of
  // the page size, are text. ResourceExhausted if the system refuses.
  static absl::StatusOr<ExecutableMemory> Create(
      absl::Span<const uint8_t> bytes, size_t data_offset);

  const uint8_t* text() const { return mapping_.begin(); }
  size_t size() const { return mapping_.size(); }

 private:
  explicit ExecutableMemory(Reservation mapping)
      : mapping_(std::move(mapping)) {}

  Reservation mapping_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_EXECUTABLE_MEMORY_H_
