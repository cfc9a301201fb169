// Follows the calls of one guest: prints them, counts them, or both.
#ifndef WASIJIT_WASI_CALL_TRACER_H_
#define WASIJIT_WASI_CALL_TRACER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "wasi/errno.h"
#include "wasi/fd_table.h"
#include "wasi/trace.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// One thread at a time.
class CallTracer {
 public:
  // What became of a call.
  struct Result {
    Errno error = Errno::kSuccess;
    // As text, if there was no error.
    std::string value = {};
    // The descriptor that it made.
    std::optional<Fd> made = std::nullopt;
    absl::Duration time = absl::ZeroDuration();
  };

  // `sink` may be null.
  CallTracer(TraceSink sink, const FdTable& descriptors)
      : sink_(std::move(sink)), names_(descriptors) {}

  const DescriptorNames& names() const { return names_; }

  // REQUIRES: `function` is the name of a row of preview1.def.
  void Add(absl::string_view function, const CallText& call,
           const Result& result);

  // A table of the functions that were called, as `strace -c` prints it:
  // those that took most time first, and the sums.
  std::string Summary() const;

 private:
  struct Counts {
    uint64_t calls = 0;
    uint64_t errors = 0;
    absl::Duration time = absl::ZeroDuration();
  };

  void Follow(absl::string_view function, const CallText& call,
              const Result& result);

  TraceSink sink_;
  DescriptorNames names_;
  std::map<absl::string_view, Counts> counts_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_CALL_TRACER_H_
