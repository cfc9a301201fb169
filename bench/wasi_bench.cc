// WASI calls next to the system calls that they come down to: the difference
// is what the sandbox costs. One row for each; `compare.py wasi` makes a table
// of it, and adds other runtimes.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/guest.h"
#include "benchmark/benchmark.h"
#include "wasi/wasi.h"

namespace wasijit::bench {
namespace {

constexpr int kCallsInside = 100;
constexpr size_t kFileSize = 1 << 20;
constexpr int kFiles = 100;

// What the calls work on: a file with kFileSize bytes, one that swallows
// everything, and a directory with kFiles files, one of which is called "file".
class Files {
 public:
  Files() {
    if (mkdtemp(path_) == nullptr) Fail("cannot make a directory");
    for (int i = 0; i < kFiles; ++i) close(Create(i));
    input_ = open(NameOf(0).c_str(), O_RDWR | O_CLOEXEC);
    if (write(input_, buffer_.data(), kFileSize) !=
        static_cast<ssize_t>(kFileSize)) {
      Fail("cannot fill the file to read");
    }
    null_ = open("/dev/null", O_WRONLY | O_CLOEXEC);
    stream_ = opendir(path_);
    if (null_ < 0 || stream_ == nullptr) Fail("cannot open files to work on");
  }
  ~Files() {
    closedir(stream_);
    close(null_);
    close(input_);
    for (int i = 0; i < kFiles; ++i) unlink(NameOf(i).c_str());
    rmdir(path_);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  int input() const { return input_; }
  int null() const { return null_; }
  DIR* stream() const { return stream_; }
  int root() const { return dirfd(stream_); }
  const char* path() const { return path_; }
  uint8_t* buffer() { return buffer_.data(); }

 private:
  std::string NameOf(int number) const {
    return absl::StrCat(path_, "/file",
                        number == 0 ? "" : absl::StrCat(number));
  }
  int Create(int number) const {
    const int fd =
        open(NameOf(number).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) Fail("cannot make a file");
    return fd;
  }

  char path_[32] = "/tmp/wasi_bench_XXXXXX";
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(kFileSize, 'x');
  int input_ = -1;
  int null_ = -1;
  DIR* stream_ = nullptr;
};

bool IsAll(ssize_t count, size_t size) {
  return count == static_cast<ssize_t>(size);
}

// The same for the host: one call with `size` bytes. False if it failed.
using HostCall = bool (*)(Files& files, size_t size);

bool WriteNull(Files& files, size_t size) {
  return IsAll(write(files.null(), files.buffer(), size), size);
}
bool SeekAndRead(Files& files, size_t size) {
  return lseek(files.input(), 0, SEEK_SET) == 0 &&
         IsAll(read(files.input(), files.buffer(), size), size);
}
bool SeekAndWrite(Files& files, size_t size) {
  return lseek(files.input(), 0, SEEK_SET) == 0 &&
         IsAll(write(files.input(), files.buffer(), size), size);
}
bool ReadAt(Files& files, size_t size) {
  return IsAll(pread(files.input(), files.buffer(), size, 0), size);
}
bool WriteAt(Files& files, size_t size) {
  return IsAll(pwrite(files.input(), files.buffer(), size, 0), size);
}
bool Clock(Files&, size_t) {
  timespec now;
  const int result = clock_gettime(CLOCK_MONOTONIC, &now);
  benchmark::DoNotOptimize(now);
  return result == 0;
}
bool StatFile(Files& files, size_t) {
  struct stat stat;
  const int result = fstat(files.input(), &stat);
  benchmark::DoNotOptimize(stat);
  return result == 0;
}
bool StatPath(Files& files, size_t) {
  struct stat stat;
  const int result = fstatat(files.root(), "file", &stat, 0);
  benchmark::DoNotOptimize(stat);
  return result == 0;
}
bool OpenAndClose(Files& files, size_t) {
  return close(openat(files.root(), "file", O_RDONLY | O_CLOEXEC)) == 0;
}
bool ReadDirectory(Files& files, size_t) {
  rewinddir(files.stream());
  int count = 0;
  while (readdir(files.stream()) != nullptr) ++count;
  return count >= kFiles;
}

// The guest's descriptors.
constexpr int kInput = 0;
constexpr int kNull = 1;
constexpr int kOutput = 2;
constexpr int kDirectory = 3;

struct Row {
  const char* name;
  // A function of input_output.wat, and its first two arguments.
  const char* guest;
  int fd;
  int size;
  // Null if there is nothing like it.
  HostCall host;
};

// clang-format off
constexpr Row kRows[] = {
    {"write",           "write",          kNull,      1,         WriteNull},
    {"write",           "write",          kNull,      4096,      WriteNull},
    {"write",           "write",          kNull,      65536,     WriteNull},
    {"seek and read",   "read",           kInput,     1,         SeekAndRead},
    {"seek and read",   "read",           kInput,     4096,      SeekAndRead},
    {"seek and read",   "read",           kInput,     65536,     SeekAndRead},
    {"seek and read",   "read",           kInput,     kFileSize, SeekAndRead},
    {"seek and write",  "seek_and_write", kOutput,    4096,      SeekAndWrite},
    {"seek and write",  "seek_and_write", kOutput,    65536,     SeekAndWrite},
    {"pread",           "pread",          kInput,     4096,      ReadAt},
    {"pread",           "pread",          kInput,     65536,     ReadAt},
    {"pwrite",          "pwrite",         kOutput,    4096,      WriteAt},
    {"pwrite",          "pwrite",         kOutput,    65536,     WriteAt},
    {"fstat",           "stat_fd",        kInput,     0,         StatFile},
    {"stat",            "stat_path",      kDirectory, 0,         StatPath},
    {"open and close",  "open_and_close", kDirectory, 0,         OpenAndClose},
    {"read directory",  "read_directory", kDirectory, 65536,     ReadDirectory},
    {"clock",           "clock",          0,          0,         Clock},
    // Of a descriptor that is not open: the way in and out.
    {"refused",         "refused",        77,         0,         nullptr},
};
// clang-format on

// The files are the program's standard streams.
Linker LinkerFor(const Files& files) {
  wasi::WasiOptions options;
  options.context.args = {"bench"};
  options.context.stdin_fd = files.input();
  options.context.stdout_fd = files.null();
  options.context.stderr_fd = files.input();
  options.context.preopens = {{.guest = "/", .host = files.path()}};
  const std::unique_ptr<wasi::Wasi> wasi =
      ValueOrFail(wasi::Wasi::Create(std::move(options)));
  Linker linker;
  const absl::Status added = wasi->AddTo(linker);
  if (!added.ok()) Fail(added.ToString());
  return linker;
}

void CountCalls(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}

void RunGuest(benchmark::State& state, const Row& row) {
  const Files files;
  Guest guest("bench/modules/input_output.wasm", LinkerFor(files));
  const auto call = guest.Find<int32_t(int32_t, int32_t, int32_t)>(row.guest);
  for (auto _ : state) {
    if (ValueOrFail(call(row.fd, row.size, kCallsInside)) != 0) {
      Fail(absl::StrCat(row.name, ": a WASI call failed"));
    }
  }
  CountCalls(state);
  // For who wants to make the same calls.
  state.SetLabel(absl::StrCat(row.guest, " ", row.fd, " ", row.size));
}

void RunHost(benchmark::State& state, const Row& row) {
  Files files;
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      if (!row.host(files, static_cast<size_t>(row.size))) {
        Fail(absl::StrCat(row.name, ": a system call failed"));
      }
    }
  }
  CountCalls(state);
}

[[maybe_unused]] const bool are_registered = [] {
  for (const Row& row : kRows) {
    std::string name = row.name;
    if (row.size != 0) absl::StrAppend(&name, " ", row.size);
    benchmark::RegisterBenchmark((name + "/guest").c_str(), RunGuest, row);
    if (row.host == nullptr) continue;
    benchmark::RegisterBenchmark((name + "/host").c_str(), RunHost, row);
  }
  return true;
}();

}  // namespace
}  // namespace wasijit::bench
