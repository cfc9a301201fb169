// Memory for machine code that keeps arriving while code in it runs.
#ifndef WASIJIT_RUNTIME_PLATFORM_CODE_ARENA_H_
#define WASIJIT_RUNTIME_PLATFORM_CODE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/platform/virtual_memory.h"

namespace wasijit {

// A file in memory that is mapped twice: text that can be executed with
// read-only data kPartDataDistance behind it, and an alias of both that can be
// written. No page is ever writable and executable at one address, and no
// mapping changes its protection. Nothing is freed before the arena.
class CodeArena {
 public:
  // All of the text is within the reach of every instruction set's call.
  static constexpr size_t kTextSize = size_t{120} << 20;

  // A place for a text and for its data.
  struct Place {
    // Where it is executed or read, and where it is written.
    const uint8_t* text;
    uint8_t* writable_text;
    uint8_t* writable_data;
  };

  // Owns nothing.
  CodeArena() = default;
  // ResourceExhausted if the system refuses.
  static absl::StatusOr<CodeArena> Create();

  // ResourceExhausted if the arena is full. Not thread-safe.
  absl::StatusOr<Place> Allocate(size_t text_size, size_t data_size);

  // All places so far and to come.
  absl::Span<const uint8_t> text() const {
    return {executable_.begin(), kTextSize};
  }
  // The alias of an address in the text.
  uint8_t* Writable(const uint8_t* text) const {
    return writable_.begin() + (text - executable_.begin());
  }

 private:
  CodeArena(Reservation executable, Reservation writable)
      : executable_(std::move(executable)), writable_(std::move(writable)) {}

  Reservation executable_;
  Reservation writable_;
  size_t used_ = 0;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_CODE_ARENA_H_
