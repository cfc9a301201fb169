// A list of strings in the form in which programs receive arguments and
// environment: pointers, and the strings one after the other, each terminated
// by a zero byte.
#ifndef WASIJIT_WASI_STRING_LIST_H_
#define WASIJIT_WASI_STRING_LIST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/errno.h"
#include "wasi/guest_memory.h"
#include "wasi/types.h"

namespace wasijit::wasi {

class StringList {
 public:
  // InvalidArgument if a string holds a zero byte or all of them do not fit
  // into a 32-bit memory. `what` names them in messages: "argument".
  static absl::StatusOr<StringList> Make(absl::Span<const std::string> strings,
                                         absl::string_view what);

  CountAndBytes sizes() const;

  // Writes the pointers and what they point to.
  Result<void> Write(Pointer<uint32_t> pointers, Pointer<uint8_t> bytes) const;

 private:
  std::vector<uint32_t> offsets_;
  std::string bytes_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_STRING_LIST_H_
