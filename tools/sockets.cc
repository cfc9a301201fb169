#include "tools/sockets.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

constexpr int kFirstInherited = 3;
constexpr int kMaxInherited = 1024;

struct AddressDeleter {
  void operator()(addrinfo* address) const { freeaddrinfo(address); }
};
using Addresses = std::unique_ptr<addrinfo, AddressDeleter>;

// "HOST:PORT" in two.
std::optional<std::pair<std::string, std::string>> Split(
    absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos || colon + 1 == text.size()) {
    return std::nullopt;
  }
  absl::string_view host = text.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) {
    host = host.substr(1, host.size() - 2);
  } else if (absl::StrContains(host, ':')) {
    return std::nullopt;
  }
  return std::pair(std::string(host), std::string(text.substr(colon + 1)));
}

absl::StatusOr<Addresses> LookUp(absl::string_view text) {
  const auto parts = Split(text);
  if (!parts) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tcplisten ", text, ": expected HOST:PORT"));
  }
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(parts->first.empty() ? nullptr : parts->first.c_str(),
                  parts->second.c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tcplisten ", text, ": ", gai_strerror(error)));
  }
  return Addresses(found);
}

std::optional<int> NumberIn(const char* variable) {
  const char* const text = std::getenv(variable);
  int number;
  if (text == nullptr || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<int> ListenAt(absl::string_view address) {
  ASSIGN_OR_RETURN(const Addresses found, LookUp(address));
  int error = 0;
  for (const addrinfo* at = found.get(); at != nullptr; at = at->ai_next) {
    const int fd =
        socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (fd >= 0) {
      const int yes = 1;
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
      if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
          listen(fd, SOMAXCONN) == 0) {
        return fd;
      }
    }
    error = errno;
    if (fd >= 0) close(fd);
  }
  return absl::ErrnoToStatus(
      error, absl::StrCat("--tcplisten ", address, ": cannot listen"));
}

absl::StatusOr<std::vector<int>> InheritedListeners() {
  const int count = NumberIn("LISTEN_FDS").value_or(0);
  const std::optional<int> process = NumberIn("LISTEN_PID");
  if (count <= 0 || count > kMaxInherited || (process && *process != getpid()))
    return absl::InvalidArgumentError(
        "--listenfd: the caller passes no sockets (LISTEN_FDS, LISTEN_PID)");
  std::vector<int> sockets;
  for (int fd = kFirstInherited; fd < kFirstInherited + count; ++fd) {
    int type;
    socklen_t size = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("--listenfd: descriptor ", fd, " is not a socket"));
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    sockets.push_back(fd);
  }
  return sockets;
}

}  // namespace wasijit::tools
