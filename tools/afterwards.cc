#include "tools/afterwards.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "absl/functional/function_ref.h"

namespace wasijit::tools {
namespace {

constexpr int kLeastUrgent = 19;

// Whoever reads what this process writes must not wait for the new one.
bool LeaveFiles() {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return false;
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (dup2(nothing, file) < 0) return false;
  }
  return true;
}

// Returns when every writing end has been closed.
void WaitForEnd(int fd) {
  char byte;
  while (read(fd, &byte, 1) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void Child(int read_end, absl::FunctionRef<void()> work) {
  // The grandchild belongs to nobody.
  if (fork() != 0) _exit(EXIT_SUCCESS);
  if (setsid() < 0 || !LeaveFiles()) _exit(EXIT_FAILURE);
  WaitForEnd(read_end);
  static_cast<void>(nice(kLeastUrgent));
  work();
  _exit(EXIT_SUCCESS);
}

}  // namespace

void DoAfterwards(absl::FunctionRef<void()> work) {
  // The writing end stays open until this process ends.
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    Child(ends[0], work);
  }
  close(ends[0]);
  if (child < 0) {
    close(ends[1]);
    return;
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace wasijit::tools
