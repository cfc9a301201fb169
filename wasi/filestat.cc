#include "wasi/filestat.h"

#include <limits>

namespace wasijit::wasi {
namespace {

constexpr Timestamp kNanosecondsPerSecond = 1'000'000'000;

Result<timespec> TimeFromGuest(Timestamp time, bool is_given, bool is_now) {
  if (is_given && is_now) return std::unexpected(Errno::kInval);
  if (is_now) return timespec{.tv_sec = 0, .tv_nsec = UTIME_NOW};
  if (!is_given) return timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  return timespec{.tv_sec = static_cast<time_t>(time / kNanosecondsPerSecond),
                  .tv_nsec = static_cast<long>(time % kNanosecondsPerSecond)};
}

}  // namespace

Filetype FiletypeFromMode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return Filetype::kBlockDevice;
    case S_IFCHR:
      return Filetype::kCharacterDevice;
    case S_IFDIR:
      return Filetype::kDirectory;
    case S_IFREG:
      return Filetype::kRegularFile;
    case S_IFLNK:
      return Filetype::kSymbolicLink;
    case S_IFSOCK:
      return Filetype::kSocketStream;
    default:
      return Filetype::kUnknown;
  }
}

Timestamp TimestampFromHost(const timespec& time) {
  constexpr Timestamp kMax = std::numeric_limits<Timestamp>::max();
  if (time.tv_sec < 0) return 0;
  const auto seconds = static_cast<Timestamp>(time.tv_sec);
  const auto nanoseconds = static_cast<Timestamp>(time.tv_nsec);
  if (seconds > (kMax - nanoseconds) / kNanosecondsPerSecond) return kMax;
  return seconds * kNanosecondsPerSecond + nanoseconds;
}

Filestat FilestatFromHost(const struct stat& stat) {
  Filestat result;
  result.dev = stat.st_dev;
  result.ino = stat.st_ino;
  result.filetype = FiletypeFromMode(stat.st_mode);
  result.nlink = stat.st_nlink;
  result.size = static_cast<Filesize>(stat.st_size);
  result.atim = TimestampFromHost(stat.st_atim);
  result.mtim = TimestampFromHost(stat.st_mtim);
  result.ctim = TimestampFromHost(stat.st_ctim);
  return result;
}

Result<FileTimes> FileTimesFromGuest(Timestamp atim, Timestamp mtim,
                                     Fstflags flags) {
  WASI_ASSIGN_OR_RETURN(const timespec access,
                        TimeFromGuest(atim, HasAny(flags, Fstflags::kAtim),
                                      HasAny(flags, Fstflags::kAtimNow)));
  WASI_ASSIGN_OR_RETURN(const timespec modification,
                        TimeFromGuest(mtim, HasAny(flags, Fstflags::kMtim),
                                      HasAny(flags, Fstflags::kMtimNow)));
  return FileTimes{{access, modification}};
}

}  // namespace wasijit::wasi
