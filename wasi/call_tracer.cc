#include "wasi/call_tracer.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace wasijit::wasi {
namespace {

// "ENOENT (No such file or directory)".
std::string ErrorText(Errno error) {
  std::string meaning(ErrnoMeaning(error));
  meaning[0] = absl::ascii_toupper(static_cast<unsigned char>(meaning[0]));
  std::string text;
  Trace(text, error);
  return absl::StrCat(text, " (", meaning, ")");
}

std::string ResultText(const CallTracer::Result& result) {
  switch (result.error) {
    case Errno::kSuccess:
      return result.value;
    case Errno::kFault:
      return "? (trap: a pointer is out of bounds or misaligned)";
    default:
      return ErrorText(result.error);
  }
}

}  // namespace

void CallTracer::Add(absl::string_view function, const CallText& call,
                     const Result& result) {
  Counts& counts = counts_[function];
  ++counts.calls;
  if (result.error != Errno::kSuccess) ++counts.errors;
  counts.time += result.time;
  if (sink_) {
    const auto format = [](std::string* out, const CallText::Argument& it) {
      absl::StrAppend(out, it.name, "=", it.text);
    };
    sink_(absl::StrCat(function, "(",
                       absl::StrJoin(call.arguments, ", ", format),
                       ") = ", ResultText(result)));
  }
  if (result.error == Errno::kSuccess) Follow(function, call, result);
}

void CallTracer::Follow(absl::string_view function, const CallText& call,
                        const Result& result) {
  if (result.made) {
    names_.Opened(*result.made, call.descriptors[0], call.path);
  } else if (function == "fd_close") {
    names_.Closed(call.descriptors[0]);
  } else if (function == "fd_renumber") {
    names_.Moved(call.descriptors[0], call.descriptors[1]);
  }
}

std::string CallTracer::Summary() const {
  std::vector<std::pair<absl::string_view, Counts>> rows(counts_.begin(),
                                                         counts_.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::tie(b.second.time, a.first) < std::tie(a.second.time, b.first);
  });
  Counts total;
  for (const auto& [function, counts] : rows) {
    total.calls += counts.calls;
    total.errors += counts.errors;
    total.time += counts.time;
  }
  std::string text =
      "% time     seconds  usecs/call     calls    errors function\n";
  const std::string line =
      "------ ----------- ----------- --------- --------- "
      "-----------------------\n";
  const auto append = [&](absl::string_view function, const Counts& counts) {
    const double share = total.time > absl::ZeroDuration()
                             ? absl::FDivDuration(counts.time, total.time) * 100
                             : 0;
    absl::StrAppendFormat(
        &text, "%6.2f %11.6f %11d %9d %9s %s\n", share,
        absl::ToDoubleSeconds(counts.time),
        counts.calls == 0 ? 0
                          : absl::ToInt64Microseconds(counts.time) /
                                static_cast<int64_t>(counts.calls),
        counts.calls, counts.errors == 0 ? "" : absl::StrCat(counts.errors),
        function);
  };
  text += line;
  for (const auto& [function, counts] : rows) append(function, counts);
  text += line;
  append("total", total);
  return text;
}

}  // namespace wasijit::wasi
