// The code of an image in executable memory, and what its tables say of it.
#ifndef WASIJIT_RUNTIME_LOADED_CODE_H_
#define WASIJIT_RUNTIME_LOADED_CODE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/unwind_tables.h"

namespace wasijit {

// Writes the addresses of libcalls into the cells of the image's code, of which
// `begin` is the first byte.
void FillSlots(const CodeImage& image, uint8_t* code);

// Immutable and thread-safe. Does not own the memory.
class LoadedCode {
 public:
  // `text` is where the text of `image` lies.
  LoadedCode(CodeImage image, const uint8_t* text);

  const CodeImage& image() const { return image_; }
  absl::Span<const uint8_t> text() const { return {text_, image_.text_size}; }
  bool Contains(const void* pc) const;

  // Where the code begins whose place is image().functions[position].
  const uint8_t* CodeAt(size_t position) const {
    return text_ + image_.functions[position].begin;
  }

  // Position in image().functions of the function whose code contains the
  // address.
  std::optional<uint32_t> PositionAt(const void* pc) const;

  // A place in the bytecode; with inlining, a machine instruction has several,
  // innermost first.
  struct Place {
    uint32_t function;
    // kNoLocation if unknown.
    uint32_t bytecode_offset;
  };
  // `pc` is an instruction's first byte, or, for a return address, the byte
  // before it. Empty if it is not in a function.
  std::vector<Place> PlacesAt(const void* pc) const;

  // Where an exception goes on that comes out of the call that returns to an
  // address in the code; null if out of the function.
  const void* LandingPadAt(const void* return_address) const;
  // The frame of the function that the address is in, as FrameLayout.
  struct FrameShape {
    int32_t caller_stack;
    absl::Span<const SavedRegister> saved_registers;
  };
  // REQUIRES: a call returns to the address.
  FrameShape FrameAt(const void* return_address) const;

 private:
  uint32_t Offset(const void* pc) const {
    return static_cast<uint32_t>(static_cast<const uint8_t*>(pc) - text_);
  }

  // `code` is empty: it lies elsewhere.
  CodeImage image_;
  const uint8_t* text_;
  // Positions in the order of their code.
  std::vector<uint32_t> by_address_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_LOADED_CODE_H_
