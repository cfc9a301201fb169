// The functions of the tables as functions that modules import.
#ifndef WASIJIT_WASI_BINDINGS_H_
#define WASIJIT_WASI_BINDINGS_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/host_function.h"
#include "wasi/call_tracer.h"
#include "wasi/preview1.h"

namespace wasijit::wasi {

inline constexpr absl::string_view kPreview1Module = "wasi_snapshot_preview1";
inline constexpr absl::string_view kUnstableModule = "wasi_unstable";

struct Binding {
  absl::string_view name;
  HostFunction function;
};

// The functions of a WASI version, in the order of the table. They act on
// `calls`, and on memory 0 of the instance that calls. A pointer that is out of
// bounds or misaligned traps with TrapKind::kOutOfBoundsMemoryAccess; proc_exit
// ends with Exit; a call that is told to stop (runtime/interruption.h) traps
// with kInterrupted; every other error is the number that the function returns.
//
// With a tracer, every call is added to it after it has been made; without one,
// the functions are such that know nothing of tracing.
std::vector<Binding> BindPreview1(std::shared_ptr<Preview1> calls,
                                  std::shared_ptr<CallTracer> tracer = nullptr);
std::vector<Binding> BindUnstable(std::shared_ptr<Preview1> calls,
                                  std::shared_ptr<CallTracer> tracer = nullptr);

// One of them; nothing if there is none of that name.
std::optional<HostFunction> BindPreview1Call(
    absl::string_view name, const std::shared_ptr<Preview1>& calls,
    const std::shared_ptr<CallTracer>& tracer);
std::optional<HostFunction> BindUnstableCall(
    absl::string_view name, const std::shared_ptr<Preview1>& calls,
    const std::shared_ptr<CallTracer>& tracer);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_BINDINGS_H_
