#include "wasi/trace.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace wasijit::wasi {
namespace {

constexpr size_t kMaxQuoted = 48;
constexpr size_t kMaxNamedFlags = 4;
// Directory entries and subscriptions that are spelled out.
constexpr int kMaxNamedEntries = 32;

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
  std::vector<absl::string_view> set;
  std::vector<absl::string_view> unset;
  uint64_t rest = number;
  for (const NamedNumber& flag : names) {
    if (flag.number == 0) continue;
    ((number & flag.number) != 0 ? set : unset).push_back(flag.name);
    rest &= ~flag.number;
  }
  if (rest != 0) return absl::StrCat("0x", absl::Hex(number));
  if (set.empty()) return "0";
  if (set.size() <= kMaxNamedFlags || set.size() < unset.size()) {
    return absl::StrJoin(set, "|");
  }
  if (unset.empty()) return "all";
  return absl::StrCat("~(", absl::StrJoin(unset, "|"), ")");
}

DescriptorNames::DescriptorNames(const FdTable& descriptors) {
  names_ = {{Fd{0}, "<stdin>"}, {Fd{1}, "<stdout>"}, {Fd{2}, "<stderr>"}};
  for (uint32_t number = 3;; ++number) {
    const Result<Descriptor*> found = descriptors.Find(Fd{number});
    if (!found) break;
    names_[Fd{number}] = (*found)->preopen.value_or("<socket>");
  }
}

std::string DescriptorNames::Text(Fd fd) const {
  const uint32_t number = std::to_underlying(fd);
  const auto found = names_.find(fd);
  if (found == names_.end()) return absl::StrCat(number);
  const std::string& name = found->second;
  return absl::StrCat(number, " ",
                      absl::StartsWith(name, "<") ? name : Quote(name));
}

void DescriptorNames::Opened(Fd fd, Fd from, absl::string_view path) {
  if (path.empty()) {
    names_[fd] = "<socket>";
    return;
  }
  const std::string& directory = names_[from];
  names_[fd] =
      absl::StrCat(directory, absl::EndsWith(directory, "/") ? "" : "/", path);
}

void DescriptorNames::Closed(Fd fd) { names_.erase(fd); }

void DescriptorNames::Moved(Fd fd, Fd to) {
  if (fd == to) return;
  names_[to] = std::move(names_[fd]);
  names_.erase(fd);
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

void Trace(std::string& out, const CountAndBytes& sizes) {
  absl::StrAppend(&out, "{count=", sizes.first, ", bytes=", sizes.second, "}");
}

void Trace(std::string& out, const SizeAndFlags& received) {
  absl::StrAppend(&out, "{size=", received.first, ", flags=");
  Trace(out, received.second);
  out += "}";
}

void TraceOutput(std::string& out, const Iovecs& iovecs, uint64_t size) {
  out += "[";
  for (int i = 0; i < iovecs.size() && size != 0; ++i) {
    const iovec& buffer = iovecs.data()[i];
    const uint64_t filled = std::min<uint64_t>(buffer.iov_len, size);
    absl::StrAppend(&out, i == 0 ? "" : ", ",
                    Quote({static_cast<const char*>(buffer.iov_base),
                           std::min<uint64_t>(filled, kMaxQuoted + 1)}));
    size -= filled;
  }
  out += "]";
}

void TraceOutput(std::string& out, const TextBuffer& buffer, uint64_t size) {
  out += Quote({reinterpret_cast<const char*>(buffer.bytes.data()),
                std::min<uint64_t>(size, buffer.bytes.size())});
}

void TraceOutput(std::string& out, const DirentBuffer& buffer, uint64_t size) {
  absl::Span<const uint8_t> rest = buffer.bytes.subspan(0, size);
  out += "[";
  for (int i = 0; rest.size() > sizeof(Dirent); ++i) {
    Dirent entry;
    std::memcpy(&entry, rest.data(), sizeof(entry));
    rest.remove_prefix(sizeof(entry));
    if (i == kMaxNamedEntries) {
      out += ", ...";
      break;
    }
    const size_t length = std::min<size_t>(entry.namlen, rest.size());
    absl::StrAppend(&out, i == 0 ? "" : ", ",
                    Quote({reinterpret_cast<const char*>(rest.data()), length}),
                    length < entry.namlen ? "..." : "");
    rest.remove_prefix(length);
  }
  out += "]";
}

void TraceOutput(std::string& out, const Pointer<Event>& events,
                 uint64_t count) {
  out += "[";
  for (uint32_t i = 0; i < count; ++i) {
    const Result<Event> event = events.At(i).Read();
    if (!event) break;
    absl::StrAppend(&out, i == 0 ? "" : ", ", "{userdata=", event->userdata,
                    ", error=");
    const auto error = static_cast<Errno>(event->error);
    if (error == Errno::kSuccess) {
      out += "0";
    } else {
      Trace(out, error);
    }
    out += ", type=";
    Trace(out, event->type);
    if (event->type != Eventtype::kClock) {
      absl::StrAppend(&out, ", nbytes=", event->nbytes, ", flags=");
      Trace(out, event->flags);
    }
    out += "}";
  }
  out += "]";
}

void TraceSubscriptions(std::string& out, const SubscriptionArray& array,
                        uint32_t count, const DescriptorNames& names) {
  if (!array.Check(count)) {
    Trace(out, array);
    return;
  }
  out += "[";
  for (uint32_t i = 0; i < count; ++i) {
    absl::StrAppend(&out, i == 0 ? "" : ", ");
    if (i == static_cast<uint32_t>(kMaxNamedEntries)) {
      out += "...";
      break;
    }
    const Subscription subscription = array.Read(i);
    absl::StrAppend(&out, "{userdata=", subscription.userdata, ", type=");
    Trace(out, subscription.type);
    if (subscription.type == Eventtype::kClock) {
      out += ", id=";
      Trace(out, static_cast<Clockid>(subscription.clock));
      absl::StrAppend(&out, ", timeout=", subscription.timeout, ", flags=");
      Trace(out, static_cast<Subclockflags>(subscription.clock_flags));
    } else {
      absl::StrAppend(&out, ", fd=", names.Text(subscription.fd));
    }
    out += "}";
  }
  out += "]";
}

}  // namespace wasijit::wasi
