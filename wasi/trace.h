// What calls look like to people: arguments and results as text.
#ifndef WASIJIT_WASI_TRACE_H_
#define WASIJIT_WASI_TRACE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wasi/guest_memory.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// Receives one call, without a line end:
//   fd_write(fd=1, iovs=["hello\n"]) = 6
//   path_open(fd=3, ..., path="none", ...) = noent (no such file or directory)
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

// The name of a value, or the flags that are set joined by '|'; numbers where
// there is no name or there are many flags.
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
inline void Trace(std::string& out, Fd fd) {
  absl::StrAppend(&out, std::to_underlying(fd));
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
template <typename A, typename B>
void Trace(std::string& out, const std::pair<A, B>& values) {
  Trace(out, values.first);
  out += ", ";
  Trace(out, values.second);
}

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_TRACE_H_
