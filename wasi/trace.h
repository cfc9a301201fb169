// What calls look like to people: arguments and results as text.
#ifndef WASIJIT_WASI_TRACE_H_
#define WASIJIT_WASI_TRACE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/errno.h"
#include "wasi/fd_table.h"
#include "wasi/guest_memory.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// Receives one call, without a line end:
//   fd_write(fd=1 <stdout>, iovs=["hello\n"]) = 6
//   fd_close(fd=77) = EBADF (Bad file descriptor)
using TraceSink = std::function<void(absl::string_view line)>;

// Of a parameter list as preview1.def writes it, "(Fd fd, Size len)", the name
// of the parameter at `index`; empty if there is none.
constexpr absl::string_view ParameterName(absl::string_view parameters,
                                          size_t index) {
  size_t begin = 0;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i] == ' ' || parameters[i] == '(') begin = i + 1;
    if (parameters[i] != ',' && parameters[i] != ')') continue;
    if (index-- == 0) return parameters.substr(begin, i - begin);
  }
  return {};
}

// What the guest knows its descriptors by.
class DescriptorNames {
 public:
  // The standard streams, and the directories and sockets that the guest has
  // from the beginning.
  explicit DescriptorNames(const FdTable& descriptors);

  // `3 "/data"`, `1 <stdout>`, or just `77`.
  std::string Text(Fd fd) const;

  // What was opened as `path` below the directory, or accepted from it.
  void Opened(Fd fd, Fd from, absl::string_view path);
  void Closed(Fd fd);
  void Moved(Fd fd, Fd to);

 private:
  // Those that begin with '<' are no paths.
  std::map<Fd, std::string> names_;
};

// A call's arguments as text.
struct CallText {
  struct Argument {
    absl::string_view name;
    std::string text;
  };
  std::vector<Argument> arguments;
  // What the call is about: its descriptors, and its last path.
  std::vector<Fd> descriptors;
  std::string path;
};

// The name of a value, or the flags that are set joined by '|': of many, those
// that are not set, as "~(a|b)". Numbers where there is no name.
std::string NamesOf(uint64_t number, absl::Span<const NamedNumber> names,
                    bool is_flags);

// As a C string literal; long text is cut.
std::string Quote(absl::string_view text);

// Overloads for every type that preview1.def names.
inline void Trace(std::string& out, uint32_t value) {
  absl::StrAppend(&out, value);
}
inline void Trace(std::string& out, uint64_t value) {
  absl::StrAppend(&out, value);
}
inline void Trace(std::string& out, int64_t value) {
  absl::StrAppend(&out, value);
}
template <TableType T>
void Trace(std::string& out, T value) {
  out += NamesOf(std::to_underlying(value), TypeInfo<T>::kNames,
                 TypeInfo<T>::kIsFlags);
}
template <typename T>
void Trace(std::string& out, const Pointer<T>& pointer) {
  absl::StrAppend(&out, "0x", absl::Hex(pointer.address()));
}
inline void Trace(std::string& out, Errno error) {
  absl::StrAppend(&out, "E", absl::AsciiStrToUpper(ErrnoName(error)));
}
void Trace(std::string& out, const SubscriptionArray& subscriptions);
void Trace(std::string& out, const Buffer& buffer);
void Trace(std::string& out, const GuestString& string);
void Trace(std::string& out, const Iovecs& iovecs);
// With what they hold.
void Trace(std::string& out, const Ciovecs& iovecs);
void Trace(std::string& out, const Fdstat& stat);
void Trace(std::string& out, const Filestat& stat);
void Trace(std::string& out, const UnstableFilestat& stat);
void Trace(std::string& out, const Prestat& stat);
void Trace(std::string& out, const CountAndBytes& sizes);
void Trace(std::string& out, const SizeAndFlags& received);

// What calls have put where they were told to; before they are made, only the
// place is known. `size` is what they say of it.
void TraceOutput(std::string& out, const Iovecs& iovecs, uint64_t size);
void TraceOutput(std::string& out, const TextBuffer& buffer, uint64_t size);
void TraceOutput(std::string& out, const DirentBuffer& buffer, uint64_t size);
void TraceOutput(std::string& out, const Pointer<Event>& events,
                 uint64_t count);

// The first `count` subscriptions.
void TraceSubscriptions(std::string& out, const SubscriptionArray& array,
                        uint32_t count, const DescriptorNames& names);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_TRACE_H_
