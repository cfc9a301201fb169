// What the guest holds when it holds a file descriptor.
#ifndef WASIJIT_WASI_DESCRIPTOR_H_
#define WASIJIT_WASI_DESCRIPTOR_H_

#include <memory>
#include <optional>
#include <string>

#include "wasi/directory_stream.h"
#include "wasi/errno.h"
#include "wasi/host_file.h"
#include "wasi/rights.h"
#include "wasi/terminal_filter.h"
#include "wasi/types.h"

namespace wasijit::wasi {

struct Descriptor : std::enable_shared_from_this<Descriptor> {
  HostFile file;
  Filetype filetype = Filetype::kUnknown;
  // Whether there is a position: regular files, and devices that are not
  // terminals.
  bool is_seekable = false;
  // It belongs to a directory that the guest may not change.
  bool is_read_only = false;
  Rights rights = Rights::kNone;
  Rights inheriting = Rights::kNone;
  // As the guest sees and sets them. The host's descriptor has kAppend and the
  // synchronising ones too, if it is ours; kNonblock is done by asking first.
  Fdflags flags = Fdflags::kNone;
  // The guest's name of a preopened directory.
  std::optional<std::string> preopen;
  // Of a terminal that the guest may only write text to.
  std::unique_ptr<TerminalFilter> filter;
  // While the entries of a directory are being read.
  std::unique_ptr<DirectoryStream> stream;

  bool IsDirectory() const { return filetype == Filetype::kDirectory; }
  bool IsTerminal() const {
    return filetype == Filetype::kCharacterDevice && !is_seekable;
  }
  bool IsSocket() const {
    return filetype == Filetype::kSocketDgram ||
           filetype == Filetype::kSocketStream;
  }
};

// A descriptor for an open file of the host, with every right that makes sense
// for its type. Fails if the file cannot be examined.
Result<Descriptor> Describe(HostFile file);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_DESCRIPTOR_H_
