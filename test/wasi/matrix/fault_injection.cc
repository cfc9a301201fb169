// Every call of the guest with every system call that it makes failing, one
// after the other: an error is reported once and changes nothing, interruptions
// are not noticed, and transfers that are cut short lose and double nothing.
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <functional>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "test/wasi/matrix/faults.h"
#include "test/wasi/sandbox.h"
#include "wasi/host_errno.h"

namespace wasijit::wasi {
namespace {

namespace fs = std::filesystem;

constexpr int kErrors[] = {EIO, ENOSPC, EMFILE, ENFILE, EDQUOT, ENOMEM, EACCES};

Errno ErrorOf(const auto& result) {
  return result ? Errno::kSuccess : result.error();
}

int OpenDescriptors() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry :
       fs::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

class FaultInjection : public GuestTest {
 protected:
  // One way to call the system, and how to see what came of it.
  struct Operation {
    const char* name;
    std::function<Errno(FaultInjection&)> run;
  };
  static const std::vector<Operation>& Operations();

  void Prepare() {
    for (const auto& entry : fs::directory_iterator(box())) {
      fs::remove_all(entry.path());
    }
    Sandbox::WriteFile(box() / "file", "0123456789");
    fs::create_directories(box() / "sub" / "empty");
    Sandbox::WriteFile(box() / "sub" / "inner", "inner");
    fs::create_symlink("file", box() / "link");
    Start();
    file_ = MustOpen("file");
    directory_ = MustOpen("sub", kDirectoryRights);
    arena_ = GuestArena();
  }

  // Names and contents of the box, without links' targets.
  std::string State() const {
    std::map<std::string, std::string> entries;
    for (const auto& entry : fs::recursive_directory_iterator(box())) {
      entries[entry.path()] = entry.is_regular_file() && !entry.is_symlink()
                                  ? Sandbox::ReadFile(entry.path())
                                  : "";
    }
    std::string state;
    for (const auto& [name, text] : entries) {
      absl::StrAppend(&state, name, "=", text, "\n");
    }
    return state;
  }

  GuestString Path(absl::string_view text) { return arena_.String(text); }

  Fd file_;
  Fd directory_;
  GuestArena arena_;
};

#define OPERATION(name, expression) \
  {name, [](FaultInjection& t) { return ErrorOf(expression); }}

const std::vector<FaultInjection::Operation>& FaultInjection::Operations() {
  static const auto& operations = *new std::vector<Operation>{
      OPERATION("fd_read", t.calls().FdRead(t.file_, t.arena_.NewIovecs({4}))),
      OPERATION("fd_read, two buffers",
                t.calls().FdRead(t.file_, t.arena_.NewIovecs({2, 2}))),
      OPERATION("fd_write",
                t.calls().FdWrite(t.file_, t.arena_.NewCiovecs({"abc"}))),
      OPERATION("fd_write, two buffers",
                t.calls().FdWrite(t.file_, t.arena_.NewCiovecs({"ab", "c"}))),
      OPERATION("fd_pread",
                t.calls().FdPread(t.file_, t.arena_.NewIovecs({4}), 2)),
      OPERATION("fd_pread, two buffers",
                t.calls().FdPread(t.file_, t.arena_.NewIovecs({2, 2}), 2)),
      OPERATION("fd_pwrite",
                t.calls().FdPwrite(t.file_, t.arena_.NewCiovecs({"abc"}), 2)),
      OPERATION(
          "fd_pwrite, two buffers",
          t.calls().FdPwrite(t.file_, t.arena_.NewCiovecs({"ab", "c"}), 2)),
      OPERATION("fd_seek", t.calls().FdSeek(t.file_, 3, Whence::kSet)),
      OPERATION("fd_sync", t.calls().FdSync(t.file_)),
      OPERATION("fd_datasync", t.calls().FdDatasync(t.file_)),
      OPERATION("fd_allocate", t.calls().FdAllocate(t.file_, 0, 20)),
      OPERATION("fd_filestat_get", t.calls().FdFilestatGet(t.file_)),
      OPERATION("fd_filestat_set_size",
                t.calls().FdFilestatSetSize(t.file_, 3)),
      OPERATION("fd_filestat_set_times",
                t.calls().FdFilestatSetTimes(t.file_, 1, 1, Fstflags::kAtim)),
      OPERATION("fd_readdir",
                t.calls().FdReaddir(t.directory_, t.arena_.NewBuffer(512), 0)),
      OPERATION("path_create_directory",
                t.calls().PathCreateDirectory(kBox, t.Path("sub/new"))),
      OPERATION("path_filestat_get",
                t.calls().PathFilestatGet(kBox, Lookupflags::kSymlinkFollow,
                                          t.Path("sub/inner"))),
      OPERATION("path_filestat_get, a name",
                t.calls().PathFilestatGet(kBox, Lookupflags::kSymlinkFollow,
                                          t.Path("file"))),
      OPERATION("path_filestat_get, a link",
                t.calls().PathFilestatGet(kBox, Lookupflags::kSymlinkFollow,
                                          t.Path("link"))),
      OPERATION(
          "path_filestat_set_times",
          t.calls().PathFilestatSetTimes(
              kBox, Lookupflags::kNone, t.Path("file"), 1, 1, Fstflags::kMtim)),
      OPERATION("path_link",
                t.calls().PathLink(kBox, Lookupflags::kNone, t.Path("file"),
                                   kBox, t.Path("sub/new"))),
      OPERATION("path_open", t.Open("sub/inner")),
      OPERATION("path_open, new",
                t.Open("sub/new", kFileRights, Oflags::kCreat | Oflags::kExcl)),
      OPERATION("path_open, truncating",
                t.Open("sub/inner", kFileRights, Oflags::kTrunc)),
      OPERATION(
          "path_readlink",
          t.calls().PathReadlink(kBox, t.Path("link"), t.arena_.NewBuffer(16))),
      OPERATION("path_remove_directory",
                t.calls().PathRemoveDirectory(kBox, t.Path("sub/empty"))),
      OPERATION("path_rename", t.calls().PathRename(kBox, t.Path("file"), kBox,
                                                    t.Path("sub/new"))),
      OPERATION("path_symlink",
                t.calls().PathSymlink(t.Path("file"), kBox, t.Path("sub/new"))),
      OPERATION("path_unlink_file",
                t.calls().PathUnlinkFile(kBox, t.Path("sub/inner"))),
      OPERATION("random_get", t.calls().RandomGet(t.arena_.NewBuffer(16))),
  };
  return operations;
}

// A fault at the system call with this number only.
Faults::Decide At(int& number, int error) {
  return [&number, error](const std::string&) {
    return Fault{.error = number-- == 0 ? error : 0};
  };
}

// Where an operation would have been done in full although a call failed:
// closing what only the look-up needed, and looking at a file that has been
// made already.
bool IsHarmless(const std::string& call) { return call == "close"; }
bool ComesAfterTheEffect(const std::string& operation,
                         const std::string& call) {
  return call == "fstat" && operation.starts_with("path_open, ");
}

TEST_P(FaultInjection, AnErrorIsReportedOnceAndNothingHasHappened) {
  int cases = 0;
  for (const auto& operation : Operations()) {
    Prepare();
    std::vector<std::string> system_calls;
    {
      const Faults none([](const std::string&) { return Fault(); });
      ASSERT_EQ(operation.run(*this), Errno::kSuccess) << operation.name;
      system_calls = none.calls();
    }
    const std::string done = State();
    ASSERT_FALSE(system_calls.empty()) << operation.name;
    for (size_t k = 0; k < system_calls.size(); ++k) {
      for (const int error : kErrors) {
        SCOPED_TRACE(absl::StrCat(operation.name, ": ", system_calls[k],
                                  " fails with ", strerror(error)));
        Prepare();
        const std::string before = State();
        const int open_before = OpenDescriptors();
        {
          int number = static_cast<int>(k);
          const Faults faults(At(number, error));
          const Errno expected = IsHarmless(system_calls[k])
                                     ? Errno::kSuccess
                                     : ErrnoFromHost(error);
          EXPECT_EQ(operation.run(*this), expected);
        }
        ++cases;
        if (IsHarmless(system_calls[k])) continue;
        EXPECT_EQ(OpenDescriptors(), open_before);
        if (ComesAfterTheEffect(operation.name, system_calls[k])) continue;
        EXPECT_EQ(State(), before);
        // The next attempt meets no trace of it.
        EXPECT_EQ(operation.run(*this), Errno::kSuccess);
        EXPECT_EQ(State(), done);
      }
    }
  }
  std::printf("%d cases\n", cases);
}

bool IsTransfer(const std::string& call) {
  static const auto& transfers =
      *new std::set<std::string>{"read",  "write",  "pread",  "pwrite",
                                 "readv", "writev", "preadv", "pwritev"};
  return transfers.contains(call);
}

TEST_P(FaultInjection, InterruptionsAreNotNoticed) {
  for (const auto& operation : Operations()) {
    SCOPED_TRACE(operation.name);
    Prepare();
    ASSERT_EQ(operation.run(*this), Errno::kSuccess);
    const std::string done = State();
    Prepare();
    int count = 0;
    // Every other call of those that signals interrupt.
    const Faults faults([&](const std::string& call) {
      const bool can_be = IsTransfer(call) || call == "fsync" ||
                          call == "fdatasync" || call == "ftruncate" ||
                          call == "fallocate" || call == "getrandom" ||
                          call == "openat2";
      return Fault{.error = can_be && ++count % 2 == 1 ? EINTR : 0};
    });
    EXPECT_EQ(operation.run(*this), Errno::kSuccess);
    EXPECT_EQ(State(), done);
  }
}

// Copies as C libraries do: until the end, the rest of each piece again.
void Copy(FaultInjection& test, Preview1& calls, Fd from, Fd to) {
  std::vector<uint8_t> memory(1 << 16);
  const GuestMemory guest(memory.data(), memory.size());
  const auto vectors = [&](uint32_t at, uint32_t size) {
    // Two pieces, so that a short transfer may end in either.
    const GuestIovec list[] = {{at, size / 2},
                               {at + size / 2, size - size / 2}};
    std::memcpy(memory.data(), list, sizeof(list));
    return *Iovecs::Read(guest, 0, 2);
  };
  for (;;) {
    const Result<Size> got = calls.FdRead(from, vectors(64, 1000));
    ASSERT_THAT(got, Succeeds());
    if (*got == 0) return;
    for (Size written = 0; written < *got;) {
      const Result<Size> put =
          calls.FdWrite(to, Ciovecs{vectors(64 + written, *got - written)});
      if (!put && put.error() == Errno::kNospc) continue;
      ASSERT_THAT(put, Succeeds());
      written += *put;
    }
  }
  (void)test;
}

TEST_P(FaultInjection, ShortTransfersLoseAndDoubleNothing) {
  std::string text;
  std::mt19937 random(1);
  for (int i = 0; i < 50'000; ++i) text += static_cast<char>(random());
  for (int round = 0; round < 20; ++round) {
    Prepare();
    Sandbox::WriteFile(box() / "from", text);
    const Fd from = MustOpen("from");
    const Fd to = MustOpen("to", kFileRights, Oflags::kCreat);
    {
      const Faults faults([&](const std::string& call) -> Fault {
        switch (random() % 4) {
          case 0:
            return {.error = EINTR};
          case 1:
            return {.limit = 1 + random() % 700};
          case 2:
            return {.error = call == "writev" ? ENOSPC : 0};
          default:
            return {};
        }
      });
      Copy(*this, calls(), from, to);
    }
    ASSERT_EQ(Sandbox::ReadFile(box() / "to"), text);
  }
}

TEST_P(FaultInjection, RandomBytesFillTheBufferHoweverFewComeAtATime) {
  const Buffer buffer = arena_.NewBuffer(1000);
  int calls_made = 0;
  {
    const Faults faults([&](const std::string&) -> Fault {
      return {.error = ++calls_made % 3 == 0 ? EINTR : 0, .limit = 7};
    });
    ASSERT_THAT(calls().RandomGet(buffer), Succeeds());
  }
  EXPECT_GE(calls_made, 1000 / 7);
  // Not even the last piece is still zero.
  EXPECT_NE(std::count(buffer.bytes.begin(), buffer.bytes.end(), 0), 1000);
}

TEST_P(FaultInjection, WaitingGoesOnAfterInterruptions) {
  const uint32_t in = arena_.Allocate(48);
  arena_.Write<uint32_t>(in + 16, 1);
  arena_.Write<uint64_t>(in + 24, 2'000'000);
  const uint32_t out = arena_.Allocate(32);
  int count = 0;
  const Faults faults([&](const std::string&) -> Fault {
    return {.error = ++count <= 5 ? EINTR : 0};
  });
  EXPECT_EQ(calls().PollOneoff(
                SubscriptionArray(arena_.memory(), in, kPreview1Subscription),
                Pointer<Event>(arena_.memory(), out), 1),
            1u);
  EXPECT_GE(count, 6);
}

TEST_P(FaultInjection, ClosingReportsTheErrorAndIsDone) {
  Prepare();
  {
    const Faults faults([](const std::string&) { return Fault{.error = EIO}; });
    EXPECT_THAT(calls().FdClose(file_), FailsWith(Errno::kIo));
  }
  EXPECT_THAT(calls().FdClose(file_), FailsWith(Errno::kBadf));
  Prepare();
  {
    const Faults faults(
        [](const std::string&) { return Fault{.error = EINTR}; });
    EXPECT_THAT(calls().FdClose(file_), Succeeds());
  }
  EXPECT_THAT(calls().FdClose(file_), FailsWith(Errno::kBadf));
}

INSTANTIATE_WITH_RESOLVERS(FaultInjection);

}  // namespace
}  // namespace wasijit::wasi
