// Sockets, which guests get as listeners from the embedder, or by accepting.
#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include "wasi/host_errno.h"
#include "wasi/preview1.h"
#include "wasi/system_call.h"

namespace wasijit::wasi {
namespace {

// That it is no socket is said before that the right lacks, which no other
// file has.
Result<Descriptor*> FindSocket(FdTable& fds, Fd fd, Rights rights) {
  WASI_ASSIGN_OR_RETURN(Descriptor * socket, fds.Find(fd));
  if (!socket->IsSocket()) return std::unexpected(Errno::kNotsock);
  if (!HasAll(socket->rights, rights)) {
    return std::unexpected(Errno::kNotcapable);
  }
  return socket;
}

msghdr Message(const Iovecs& iovecs) {
  msghdr message = {};
  // The interface is older than const.
  message.msg_iov = const_cast<iovec*>(iovecs.data());
  message.msg_iovlen = static_cast<size_t>(iovecs.size());
  return message;
}

}  // namespace

Result<Fd> Preview1::SockAccept(Fd fd, Fdflags flags) {
  WASI_ASSIGN_OR_RETURN(Descriptor * listener,
                        FindSocket(fds(), fd, Rights::kSockAccept));
  if (HasAny(flags, ~Fdflags::kNonblock)) {
    return std::unexpected(Errno::kInval);
  }
  // The listener may be closed meanwhile.
  const Rights rights = listener->inheriting;
  WASI_ASSIGN_OR_RETURN(const Size accepted, Transfer(*listener, POLLIN, [&] {
                          return accept4(listener->file.fd(), nullptr, nullptr,
                                         SOCK_CLOEXEC);
                        }));
  WASI_ASSIGN_OR_RETURN(Descriptor descriptor,
                        Describe(HostFile::Own(static_cast<int>(accepted))));
  descriptor.rights &= rights;
  descriptor.flags = flags;
  return fds().Insert(std::move(descriptor));
}

Result<SizeAndFlags> Preview1::SockRecv(Fd fd, Iovecs ri_data,
                                        Riflags ri_flags) {
  WASI_ASSIGN_OR_RETURN(Descriptor * socket,
                        FindSocket(fds(), fd, Rights::kFdRead));
  int flags = 0;
  if (HasAny(ri_flags, Riflags::kRecvPeek)) flags |= MSG_PEEK;
  if (HasAny(ri_flags, Riflags::kRecvWaitall)) flags |= MSG_WAITALL;
  if (HasAny(socket->flags, Fdflags::kNonblock)) flags |= MSG_DONTWAIT;
  msghdr message = Message(ri_data);
  WASI_ASSIGN_OR_RETURN(const Size size, Transfer(*socket, POLLIN, [&] {
                          return recvmsg(socket->file.fd(), &message, flags);
                        }));
  return SizeAndFlags{size, message.msg_flags & MSG_TRUNC
                                ? Roflags::kRecvDataTruncated
                                : Roflags::kNone};
}

Result<Size> Preview1::SockSend(Fd fd, Ciovecs si_data, Siflags /*si_flags*/) {
  WASI_ASSIGN_OR_RETURN(Descriptor * socket,
                        FindSocket(fds(), fd, Rights::kFdWrite));
  int flags = MSG_NOSIGNAL;
  if (HasAny(socket->flags, Fdflags::kNonblock)) flags |= MSG_DONTWAIT;
  const msghdr message = Message(si_data);
  return Transfer(*socket, POLLOUT,
                  [&] { return sendmsg(socket->file.fd(), &message, flags); });
}

Result<void> Preview1::SockShutdown(Fd fd, Sdflags how) {
  WASI_ASSIGN_OR_RETURN(Descriptor * socket,
                        FindSocket(fds(), fd, Rights::kSockShutdown));
  int host;
  if (how == (Sdflags::kRd | Sdflags::kWr)) {
    host = SHUT_RDWR;
  } else if (how == Sdflags::kRd) {
    host = SHUT_RD;
  } else if (how == Sdflags::kWr) {
    host = SHUT_WR;
  } else {
    return std::unexpected(Errno::kInval);
  }
  if (shutdown(socket->file.fd(), host) != 0) return HostError();
  return {};
}

}  // namespace wasijit::wasi
