#include "wasi/errno.h"

#include <cstddef>

namespace wasijit::wasi {
namespace {

struct ErrnoText {
  absl::string_view name;
  absl::string_view meaning;
};

// Indexed by number: the rows are dense and in order.
constexpr ErrnoText kTexts[] = {
#define ERRNO(name, number, text, host, meaning) {text, meaning},
#include "wasi/errno.def"
};

constexpr size_t kNumbers[] = {
#define ERRNO(name, number, text, host, meaning) number,
#include "wasi/errno.def"
};

constexpr bool IsDense() {
  size_t expected = 0;
  for (size_t number : kNumbers) {
    if (number != expected++) return false;
  }
  return true;
}
static_assert(IsDense());

ErrnoText TextOf(Errno error) {
  const auto index = static_cast<size_t>(error);
  if (index >= std::size(kTexts)) return {"unknown", "unknown error"};
  return kTexts[index];
}

}  // namespace

absl::string_view ErrnoName(Errno error) { return TextOf(error).name; }

absl::string_view ErrnoMeaning(Errno error) { return TextOf(error).meaning; }

}  // namespace wasijit::wasi
