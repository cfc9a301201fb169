#include "wasi/context.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "runtime/status/status_macros.h"
#include "wasi/filestat.h"

namespace wasijit::wasi {
namespace {

void SurviveSignal(int signal) {
  struct sigaction current;
  if (sigaction(signal, nullptr, &current) != 0 ||
      current.sa_handler != SIG_DFL) {
    return;
  }
  // A handler, not SIG_IGN: programs that the host starts would inherit that.
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

void SurviveFailedWrites() {
  static std::once_flag once;
  std::call_once(once, [] {
    SurviveSignal(SIGPIPE);
    SurviveSignal(SIGXFSZ);
  });
}

Timestamp TimeOf(clockid_t clock) {
  timespec time = {};
  clock_gettime(clock, &time);
  return TimestampFromHost(time);
}

absl::Status InsertFailed(Errno error) {
  return absl::ResourceExhaustedError(absl::StrFormat(
      "cannot give the guest another descriptor: %s", ErrnoMeaning(error)));
}

}  // namespace

Context::Context(const ContextOptions& options)
    : descriptors_(options.max_descriptors),
      resolver_(options.resolution),
      allow_special_files_(options.allow_special_files),
      raw_terminal_(options.raw_terminal),
      max_subscriptions_(options.max_subscriptions),
      process_time_origin_(TimeOf(CLOCK_PROCESS_CPUTIME_ID)),
      thread_time_origin_(TimeOf(CLOCK_THREAD_CPUTIME_ID)) {}

absl::StatusOr<std::unique_ptr<Context>> Context::Create(
    const ContextOptions& options) {
  SurviveFailedWrites();
  auto context = absl::WrapUnique(new Context(options));
  ASSIGN_OR_RETURN(context->args_, StringList::Make(options.args, "argument"));
  ASSIGN_OR_RETURN(context->environment_,
                   StringList::Make(options.env, "environment variable"));
  RETURN_IF_ERROR(context->AddStandardStreams(options));
  RETURN_IF_ERROR(context->AddPreopens(options));
  RETURN_IF_ERROR(context->AddListeners(options));
  return context;
}

absl::Status Context::AddStandardStreams(const ContextOptions& options) {
  struct Stream {
    int fd;
    Rights denied;
  };
  const Stream streams[] = {{options.stdin_fd, Rights::kFdWrite},
                            {options.stdout_fd, Rights::kFdRead},
                            {options.stderr_fd, Rights::kFdRead}};
  for (const Stream& stream : streams) {
    int status_flags = fcntl(stream.fd, F_GETFL);
    HostFile file = HostFile::Borrow(stream.fd);
    if (status_flags < 0) {
      file = HostFile::Own(::open("/dev/null", O_RDWR | O_CLOEXEC));
      status_flags = 0;
    }
    Result<Descriptor> descriptor = Describe(std::move(file));
    if (!descriptor) {
      return absl::InvalidArgumentError(
          absl::StrFormat("descriptor %d cannot be a standard stream: %s",
                          stream.fd, ErrnoMeaning(descriptor.error())));
    }
    descriptor->rights &= ~stream.denied;
    Restrict(*descriptor);
    if (status_flags & O_APPEND) descriptor->flags = Fdflags::kAppend;
    const auto inserted = descriptors_.Insert(*std::move(descriptor));
    if (!inserted) return InsertFailed(inserted.error());
  }
  return absl::OkStatus();
}

absl::Status Context::AddPreopens(const ContextOptions& options) {
  for (const Preopen& preopen : options.preopens) {
    if (preopen.guest.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "guest name of directory %s contains a zero byte", preopen.host));
    }
    HostFile directory = HostFile::Own(
        ::open(preopen.host.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) {
      return absl::ErrnoToStatus(
          errno, absl::StrFormat("cannot open directory %s", preopen.host));
    }
    Result<Descriptor> descriptor = Describe(std::move(directory));
    if (!descriptor) {
      return absl::InternalError(
          absl::StrFormat("cannot examine directory %s: %s", preopen.host,
                          ErrnoMeaning(descriptor.error())));
    }
    descriptor->preopen = preopen.guest;
    descriptor->is_read_only = preopen.read_only;
    const auto inserted = descriptors_.Insert(*std::move(descriptor));
    if (!inserted) return InsertFailed(inserted.error());
  }
  return absl::OkStatus();
}

absl::Status Context::AddListeners(const ContextOptions& options) {
  for (const int fd : options.listeners) {
    Result<Descriptor> descriptor = Describe(HostFile::Borrow(fd));
    if (!descriptor || !descriptor->IsSocket()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("descriptor %d is not a socket", fd));
    }
    descriptor->inheriting = kSocketRights;
    const auto inserted = descriptors_.Insert(*std::move(descriptor));
    if (!inserted) return InsertFailed(inserted.error());
  }
  return absl::OkStatus();
}

}  // namespace wasijit::wasi
