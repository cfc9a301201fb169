// The WASI of one program: what it may use, its imports, and how it is run. The
// meaning is that of the class WASI of Node.js.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Wasi> wasi, Wasi::Create(options));
//   RETURN_IF_ERROR(wasi->AddTo(linker));
//   ... linker.Instantiate(store, module) ...
//   ASSIGN_OR_RETURN(Outcome<uint32_t> outcome, wasi->Start(*instance));
#ifndef WASIJIT_WASI_WASI_H_
#define WASIJIT_WASI_WASI_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/instance.h"
#include "runtime/linker.h"
#include "runtime/outcome.h"
#include "wasi/call_tracer.h"
#include "wasi/context.h"
#include "wasi/preview1.h"
#include "wasi/trace.h"

namespace wasijit::wasi {

struct WasiOptions {
  ContextOptions context = {};
  // Whether Start returns when the program exits. If not, the host's process
  // exits, with the program's code.
  bool return_on_exit = false;
  // Whether several threads may make calls at the same time (threads.h).
  bool threads = false;
  // Receives every call; null for none.
  TraceSink trace = nullptr;
  // Whether calls are counted, for Wasi::CallSummary.
  bool count_calls = false;
};

// A sandbox of its own. One thread at a time, unless made for several.
// Functions that it has added to a linker keep what they need of it alive.
class Wasi {
 public:
  // As Context::Create.
  static absl::StatusOr<std::unique_ptr<Wasi>> Create(WasiOptions options);

  // Defines the functions of "wasi_snapshot_preview1" and "wasi_unstable".
  // AlreadyExists if one of them is defined.
  absl::Status AddTo(Linker& linker) const;

  // Runs a command: calls its export _start. The outcome is the exit code, 0
  // if the program just returns, or a trap.
  //
  // InvalidArgument if the instance lacks a function _start or a memory called
  // "memory", or if it has an export _initialize; FailedPrecondition if Start
  // or Initialize has been called before.
  absl::StatusOr<Outcome<uint32_t>> Start(Instance& instance);

  // Sets up a reactor: calls its export _initialize, if it has one. The outcome
  // has the exit code if that function exits; then the reactor is not to be
  // used.
  //
  // InvalidArgument if the instance lacks a memory called "memory" or has an
  // export _start; FailedPrecondition as for Start.
  absl::StatusOr<Outcome<uint32_t>> Initialize(Instance& instance);

  // The functions that the guest has called, how often, with how many errors,
  // and the time they took, as a table. Empty unless calls are counted.
  std::string CallSummary() const;

 private:
  Wasi(WasiOptions options, std::unique_ptr<Context> context);

  // What Start and Initialize have in common.
  absl::Status Claim(Instance& instance);
  absl::StatusOr<Outcome<uint32_t>> Run(Function& function) const;

  const bool return_on_exit_;
  const bool counts_calls_;
  std::shared_ptr<Preview1> calls_;
  // Null if nobody wants to know.
  std::shared_ptr<CallTracer> tracer_;
  bool is_claimed_ = false;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_WASI_H_
