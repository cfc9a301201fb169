#include "wasi/types.h"

#include <algorithm>
#include <limits>

namespace wasijit::wasi {

UnstableFilestat::UnstableFilestat(const Filestat& stat)
    : dev(stat.dev),
      ino(stat.ino),
      filetype(stat.filetype),
      nlink(static_cast<uint32_t>(std::min<uint64_t>(
          stat.nlink, std::numeric_limits<uint32_t>::max()))),
      size(stat.size),
      atim(stat.atim),
      mtim(stat.mtim),
      ctim(stat.ctim) {}

Whence ToWhence(UnstableWhence whence) {
  switch (whence) {
    case UnstableWhence::kCur:
      return Whence::kCur;
    case UnstableWhence::kEnd:
      return Whence::kEnd;
    case UnstableWhence::kSet:
      return Whence::kSet;
  }
  return Whence::kSet;
}

}  // namespace wasijit::wasi
