// What a guest may write to a terminal: text. Control sequences could set the
// title, read back what is on the screen as if the user had typed it, or hide
// what was printed before.
#ifndef WASIJIT_WASI_TERMINAL_FILTER_H_
#define WASIJIT_WASI_TERMINAL_FILTER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace wasijit::wasi {

// One stream. Characters may be split between writes.
class TerminalFilter {
 public:
  // Appends what is to be printed for the bytes: line ends and tabs as they
  // are, other control characters as the symbols that stand for them (U+2400
  // and following), controls of 8 bits and what is no UTF-8 as U+FFFD. At most
  // three bytes for each.
  void Filter(absl::Span<const uint8_t> bytes, std::string& out);

 private:
  void Take(uint8_t byte, std::string& out);
  bool Continues(uint8_t byte) const;
  void Finish(std::string& out);

  // The beginning of a character, and how long it will be.
  uint8_t pending_[4] = {};
  size_t pending_size_ = 0;
  size_t length_ = 0;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_TERMINAL_FILTER_H_
