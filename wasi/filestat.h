// File attributes of the host as WASI's.
#ifndef WASIJIT_WASI_FILESTAT_H_
#define WASIJIT_WASI_FILESTAT_H_

#include <sys/stat.h>
#include <time.h>

#include "wasi/errno.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// From st_mode. Sockets are kSocketStream, as far as the mode tells; pipes have
// no type of their own in WASI and are kUnknown.
Filetype FiletypeFromMode(mode_t mode);

// Times before 1970 become 0, times after 2554 the last there is.
Timestamp TimestampFromHost(const timespec& time);

Filestat FilestatFromHost(const struct stat& stat);

// The two times for utimensat(2), access then modification. kInval if the flags
// ask for a time both given and present.
struct FileTimes {
  timespec times[2];
};
Result<FileTimes> FileTimesFromGuest(Timestamp atim, Timestamp mtim,
                                     Fstflags flags);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_FILESTAT_H_
