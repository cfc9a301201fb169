#include "wasi/string_list.h"

#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace wasijit::wasi {

absl::StatusOr<StringList> StringList::Make(
    absl::Span<const std::string> strings, absl::string_view what) {
  StringList list;
  list.offsets_.reserve(strings.size());
  for (const std::string& string : strings) {
    if (string.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "%s %d contains a zero byte", what, list.offsets_.size()));
    }
    list.offsets_.push_back(list.bytes_.size());
    list.bytes_.append(string.c_str(), string.size() + 1);
    if (list.bytes_.size() > std::numeric_limits<int32_t>::max()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%ss take more than 2 GiB", what));
    }
  }
  return list;
}

CountAndBytes StringList::sizes() const {
  return {offsets_.size(), bytes_.size()};
}

Result<void> StringList::Write(Pointer<uint32_t> pointers,
                               Pointer<uint8_t> bytes) const {
  // Nothing is written unless everything can be.
  WASI_RETURN_IF_ERROR(pointers.Check(offsets_.size()));
  WASI_RETURN_IF_ERROR(bytes.WriteAll(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size())));
  for (size_t i = 0; i < offsets_.size(); ++i) {
    WASI_RETURN_IF_ERROR(pointers.At(i).Write(bytes.address() + offsets_[i]));
  }
  return {};
}

}  // namespace wasijit::wasi
