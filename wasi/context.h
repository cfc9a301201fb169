// What one guest may see and touch.
#ifndef WASIJIT_WASI_CONTEXT_H_
#define WASIJIT_WASI_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "wasi/fd_table.h"
#include "wasi/path_resolver.h"
#include "wasi/string_list.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// A directory of the host that the guest can open files in.
struct Preopen {
  // What the guest calls it.
  std::string guest = {};
  std::string host = {};
  // Every call that would change something fails with kRofs.
  bool read_only = false;
};

struct ContextOptions {
  // The first is the program's name.
  std::vector<std::string> args = {};
  // "NAME=value". Nothing is taken from the host's environment.
  std::vector<std::string> env = {};
  // They get the descriptors from 3 on, in this order.
  std::vector<Preopen> preopens = {};
  // Listening sockets of the host, which get the descriptors after those. They
  // stay the embedder's.
  std::vector<int> listeners = {};

  // Descriptors of the host that serve as the standard streams. They stay the
  // embedder's; their flags are not touched. One that is not open is replaced
  // by /dev/null.
  int stdin_fd = 0;
  int stdout_fd = 1;
  int stderr_fd = 2;

  // Whether path_open opens devices and pipes. Those that only produce zeros or
  // random numbers or swallow what they get are always opened.
  bool allow_special_files = false;
  // Whether what the guest writes to a terminal goes there as it is, control
  // sequences included.
  bool raw_terminal = false;

  uint32_t max_descriptors = 1024;
  uint32_t max_subscriptions = 4096;
  PathResolver::Method resolution = PathResolver::PreferredMethod();
};

class Context {
 public:
  // NotFound, PermissionDenied or the like if a preopened directory cannot be
  // opened; InvalidArgument for strings that the guest cannot be given.
  //
  // Also sees to it that the process survives writing to a broken pipe or
  // beyond the file size limit: if SIGPIPE or SIGXFSZ has its default action,
  // it gets an empty handler.
  static absl::StatusOr<std::unique_ptr<Context>> Create(
      const ContextOptions& options);

  const StringList& args() const { return args_; }
  const StringList& environment() const { return environment_; }
  FdTable& descriptors() { return descriptors_; }
  const FdTable& descriptors() const { return descriptors_; }
  const PathResolver& resolver() const { return resolver_; }
  // Limits what the guest can do with a descriptor that it is about to get.
  void Restrict(Descriptor& descriptor) const {
    if (descriptor.IsTerminal() && !raw_terminal_) {
      descriptor.filter = std::make_unique<TerminalFilter>();
    }
  }
  bool allow_special_files() const { return allow_special_files_; }
  uint32_t max_subscriptions() const { return max_subscriptions_; }
  // What the process's and the thread's CPU clocks showed at creation: the
  // guest's start at 0.
  Timestamp process_time_origin() const { return process_time_origin_; }
  Timestamp thread_time_origin() const { return thread_time_origin_; }

 private:
  explicit Context(const ContextOptions& options);

  absl::Status AddStandardStreams(const ContextOptions& options);
  absl::Status AddPreopens(const ContextOptions& options);
  absl::Status AddListeners(const ContextOptions& options);

  StringList args_;
  StringList environment_;
  FdTable descriptors_;
  PathResolver resolver_;
  bool allow_special_files_;
  bool raw_terminal_;
  uint32_t max_subscriptions_;
  Timestamp process_time_origin_;
  Timestamp thread_time_origin_;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_CONTEXT_H_
