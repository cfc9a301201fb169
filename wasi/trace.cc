#include "wasi/trace.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace wasijit::wasi {
namespace {

constexpr size_t kMaxQuoted = 48;
constexpr size_t kMaxNamedFlags = 4;

template <typename Stat>
void TraceFilestat(std::string& out, const Stat& stat) {
  out += "{filetype=";
  Trace(out, stat.filetype);
  absl::StrAppendFormat(&out, ", dev=%d, ino=%d, nlink=%d, size=%d, mtim=%d}",
                        stat.dev, stat.ino, stat.nlink, stat.size, stat.mtim);
}

}  // namespace

std::string NamesOf(uint64_t number, absl::Span<const NamedNumber> names,
                    bool is_flags) {
  if (!is_flags) {
    for (const NamedNumber& value : names) {
      if (value.number == number) return std::string(value.name);
    }
    return absl::StrCat(number);
  }
  std::string joined;
  uint64_t rest = number;
  size_t count = 0;
  for (const NamedNumber& flag : names) {
    if ((rest & flag.number) == 0) continue;
    absl::StrAppend(&joined, joined.empty() ? "" : "|", flag.name);
    rest &= ~flag.number;
    ++count;
  }
  if (rest != 0 || count > kMaxNamedFlags || number == 0) {
    return number == 0 ? "0" : absl::StrCat("0x", absl::Hex(number));
  }
  return joined;
}

std::string Quote(absl::string_view text) {
  const bool is_cut = text.size() > kMaxQuoted;
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, kMaxQuoted)), "\"",
                      is_cut ? "..." : "");
}

void Trace(std::string& out, const SubscriptionArray& subscriptions) {
  absl::StrAppend(&out, "0x", absl::Hex(subscriptions.address()));
}

void Trace(std::string& out, const Buffer& buffer) {
  absl::StrAppend(&out, "[", buffer.bytes.size(), " bytes]");
}

void Trace(std::string& out, const GuestString& string) {
  out += Quote(string.text);
}

void Trace(std::string& out, const Iovecs& iovecs) {
  out += "[";
  for (int i = 0; i < iovecs.size(); ++i) {
    absl::StrAppend(&out, i == 0 ? "" : ", ", iovecs.data()[i].iov_len,
                    " bytes");
  }
  out += "]";
}

void Trace(std::string& out, const Ciovecs& iovecs) {
  out += "[";
  for (int i = 0; i < iovecs.size(); ++i) {
    const iovec& buffer = iovecs.data()[i];
    absl::StrAppend(&out, i == 0 ? "" : ", ",
                    Quote({static_cast<const char*>(buffer.iov_base),
                           std::min(buffer.iov_len, kMaxQuoted + 1)}));
  }
  out += "]";
}

void Trace(std::string& out, const Fdstat& stat) {
  out += "{filetype=";
  Trace(out, stat.filetype);
  out += ", flags=";
  Trace(out, stat.flags);
  out += ", rights_base=";
  Trace(out, stat.rights_base);
  out += ", rights_inheriting=";
  Trace(out, stat.rights_inheriting);
  out += "}";
}

void Trace(std::string& out, const Filestat& stat) { TraceFilestat(out, stat); }

void Trace(std::string& out, const UnstableFilestat& stat) {
  TraceFilestat(out, stat);
}

void Trace(std::string& out, const Prestat& stat) {
  absl::StrAppend(&out, "{name_length=", stat.name_length, "}");
}

}  // namespace wasijit::wasi
