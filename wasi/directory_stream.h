// The entries of an open directory, as fd_readdir delivers them.
#ifndef WASIJIT_WASI_DIRECTORY_STREAM_H_
#define WASIJIT_WASI_DIRECTORY_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wasi/errno.h"
#include "wasi/types.h"

namespace wasijit::wasi {

// Cookies are the positions that the file system itself gives to entries, so
// they stay good when entries come and go, and continuing costs nothing that
// grows with the directory. A cookie that the guest made up gets whatever the
// file system makes of it: an error, or entries of this same directory.
class DirectoryStream {
 public:
  // Fills `buffer` with entries of the directory from `cookie` on, each a
  // Dirent and its name; the last one is cut where the buffer ends. Returns the
  // bytes filled: fewer than the buffer has only at the directory's end.
  // Cookie 0 is the begin, read anew.
  Result<Size> Read(int directory, Dircookie cookie,
                    absl::Span<uint8_t> buffer);

 private:
  // Positions the stream on the entry after `cookie`.
  Result<void> Seek(int directory, Dircookie cookie);
  // Reads more entries from the system. False at the end.
  Result<bool> Fill(int directory);

  // Entries as the system delivered them; the next is at next_.
  std::vector<uint8_t> entries_;
  size_t size_ = 0;
  size_t next_ = 0;
  // Of the entry before entries_[0]; where the system stands is after the last.
  Dircookie first_cookie_ = 0;
  Dircookie last_cookie_ = 0;
};

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_DIRECTORY_STREAM_H_
