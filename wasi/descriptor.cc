#include "wasi/descriptor.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "wasi/filestat.h"
#include "wasi/host_errno.h"

namespace wasijit::wasi {
namespace {

Result<Filetype> SocketType(int fd) {
  int type;
  socklen_t size = sizeof(type);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) {
    return HostError();
  }
  return type == SOCK_DGRAM ? Filetype::kSocketDgram : Filetype::kSocketStream;
}

Rights RightsOf(const Descriptor& descriptor) {
  if (descriptor.IsDirectory()) return kDirectoryRights;
  if (descriptor.IsSocket()) return kSocketRights;
  return descriptor.is_seekable ? kFileRights : kStreamRights;
}

}  // namespace

Result<Descriptor> Describe(HostFile file) {
  struct stat stat;
  if (fstat(file.fd(), &stat) != 0) return HostError();
  Descriptor descriptor;
  descriptor.filetype = FiletypeFromMode(stat.st_mode);
  switch (descriptor.filetype) {
    case Filetype::kSocketStream: {
      WASI_ASSIGN_OR_RETURN(descriptor.filetype, SocketType(file.fd()));
      break;
    }
    case Filetype::kRegularFile:
    case Filetype::kBlockDevice:
      descriptor.is_seekable = true;
      break;
    case Filetype::kCharacterDevice:
      descriptor.is_seekable = !isatty(file.fd());
      break;
    default:
      break;
  }
  descriptor.rights = RightsOf(descriptor);
  descriptor.inheriting =
      descriptor.IsDirectory() ? kDirectoryRights | kFileRights : Rights::kNone;
  descriptor.file = std::move(file);
  return descriptor;
}

}  // namespace wasijit::wasi
