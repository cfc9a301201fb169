#include "tools/process_sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "runtime/status/status_macros.h"
#include "tools/system_call_filter.h"

namespace wasijit::tools {
namespace {

// Later than the headers of the oldest system that this is built on.
constexpr uint64_t kTruncate = uint64_t{1} << 14;
constexpr uint64_t kIoctlDev = uint64_t{1} << 15;
constexpr uint64_t kBindAndConnectTcp = 3;

constexpr uint64_t kReading =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
// No devices, no pipes, no sockets.
constexpr uint64_t kWriting =
    kReading | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
    LANDLOCK_ACCESS_FS_REFER | kTruncate;
// What makes sense for a file that is no directory.
constexpr uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

// The first versions of the interface, and what each can control.
struct Version {
  int version;
  uint64_t files;
};
constexpr Version kVersions[] = {
    {1, LANDLOCK_ACCESS_FS_REFER - 1},
    {2, kTruncate - 1},
    {3, kIoctlDev - 1},
    {5, 2 * kIoctlDev - 1},
};
constexpr int kFirstVersionWithTcp = 4;

// As the kernel knows it since version 4; before, without the second field.
struct Ruleset {
  uint64_t files;
  uint64_t tcp;
};

class Landlock {
 public:
  static int SystemVersion() {
    return static_cast<int>(syscall(SYS_landlock_create_ruleset, nullptr, 0,
                                    LANDLOCK_CREATE_RULESET_VERSION));
  }

  explicit Landlock(int version) {
    for (const Version& known : kVersions) {
      if (version >= known.version) controlled_ = known.files;
    }
    const bool has_tcp = version >= kFirstVersionWithTcp;
    const Ruleset ruleset = {controlled_, kBindAndConnectTcp};
    fd_ = static_cast<int>(syscall(SYS_landlock_create_ruleset, &ruleset,
                                   has_tcp ? sizeof(Ruleset) : sizeof(uint64_t),
                                   0));
  }
  ~Landlock() {
    if (fd_ >= 0) close(fd_);
  }
  Landlock(const Landlock&) = delete;
  Landlock& operator=(const Landlock&) = delete;

  explicit operator bool() const { return fd_ >= 0; }

  bool Allow(const std::string& path, uint64_t access) {
    const int place = open(path.c_str(), O_PATH | O_CLOEXEC);
    if (place < 0) return true;
    struct stat stat;
    if (fstat(place, &stat) == 0 && !S_ISDIR(stat.st_mode)) access &= kOfFiles;
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = access & controlled_;
    rule.parent_fd = place;
    const bool added = syscall(SYS_landlock_add_rule, fd_,
                               LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    const int error = errno;
    close(place);
    errno = error;
    return added;
  }

  bool Enter() { return syscall(SYS_landlock_restrict_self, fd_, 0) == 0; }

 private:
  uint64_t controlled_ = 0;
  int fd_;
};

absl::Status RestrictFiles(const SandboxGrants& grants) {
  const int version = Landlock::SystemVersion();
  // The kernel has none, or it is not in use.
  if (version <= 0) return absl::OkStatus();
  Landlock landlock(version);
  bool is_entered = static_cast<bool>(landlock);
  for (const std::string& path : grants.readable) {
    is_entered = is_entered && landlock.Allow(path, kReading);
  }
  for (const std::string& path : grants.writable) {
    is_entered = is_entered && landlock.Allow(path, kWriting);
  }
  if (is_entered && landlock.Enter()) return absl::OkStatus();
  return absl::ErrnoToStatus(
      errno, "cannot enter the sandbox (--sandbox=off goes without): Landlock");
}

}  // namespace

SandboxGrants CompilerGrants(const std::string& module) {
  SandboxGrants grants;
  grants.readable = {module};
  for (const char* path :
       {"/lib", "/lib64", "/usr/lib", "/usr/local/lib", "/etc/ld.so.cache",
        "/proc/cpuinfo", "/proc/self/maps", "/sys/devices/system/cpu"}) {
    grants.readable.emplace_back(path);
  }
  grants.writable = {"/dev/null"};
  return grants;
}

absl::Status EnterProcessSandbox(const SandboxGrants& grants) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return absl::OkStatus();
  RETURN_IF_ERROR(RestrictFiles(grants));
  return InstallSystemCallFilter();
}

void CloseInheritedDescriptors(absl::Span<const int> kept) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc/self/fd"),
                                                      &closedir);
  if (directory == nullptr) return;
  std::vector<int> inherited;
  while (const dirent* entry = readdir(directory.get())) {
    int fd;
    if (!absl::SimpleAtoi(entry->d_name, &fd) || fd <= STDERR_FILENO) continue;
    const int flags = fcntl(fd, F_GETFD);
    if (flags < 0 || (flags & FD_CLOEXEC) != 0) continue;
    if (std::find(kept.begin(), kept.end(), fd) == kept.end()) {
      inherited.push_back(fd);
    }
  }
  for (const int fd : inherited) close(fd);
}

}  // namespace wasijit::tools
