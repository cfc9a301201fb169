// Which rights make sense for which kind of file.
#ifndef WASIJIT_WASI_RIGHTS_H_
#define WASIJIT_WASI_RIGHTS_H_

#include "wasi/types.h"

namespace wasijit::wasi {

inline constexpr Rights kAllRights = AllFlags<Rights>();

// Reading directories and everything that takes a path. Directories lack what
// concerns a position or contents, which the system would silently accept.
inline constexpr Rights kDirectoryRights =
    Rights::kFdFdstatSetFlags | Rights::kFdSync | Rights::kFdDatasync |
    Rights::kFdReaddir | Rights::kFdFilestatGet | Rights::kFdFilestatSetTimes |
    Rights::kPathCreateDirectory | Rights::kPathCreateFile |
    Rights::kPathLinkSource | Rights::kPathLinkTarget | Rights::kPathOpen |
    Rights::kPathReadlink | Rights::kPathRenameSource |
    Rights::kPathRenameTarget | Rights::kPathFilestatGet |
    Rights::kPathFilestatSetSize | Rights::kPathFilestatSetTimes |
    Rights::kPathSymlink | Rights::kPathRemoveDirectory |
    Rights::kPathUnlinkFile;

// A stream of bytes without a position: pipes and terminals. That a character
// device lacks kFdSeek and kFdTell is how C libraries know a terminal.
inline constexpr Rights kStreamRights =
    Rights::kFdRead | Rights::kFdWrite | Rights::kFdFdstatSetFlags |
    Rights::kFdSync | Rights::kFdDatasync | Rights::kFdFilestatGet |
    Rights::kFdFilestatSetTimes | Rights::kPollFdReadwrite;

inline constexpr Rights kFileRights =
    kStreamRights | Rights::kFdSeek | Rights::kFdTell | Rights::kFdAdvise |
    Rights::kFdAllocate | Rights::kFdFilestatSetSize;

inline constexpr Rights kSocketRights =
    kStreamRights | Rights::kSockShutdown | Rights::kSockAccept;

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_RIGHTS_H_
