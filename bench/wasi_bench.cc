// WASI calls next to the system calls that they come down to: the difference
// is what the sandbox costs.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
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
constexpr int64_t kFileSize = 1 << 20;

// A file with kFileSize bytes, and one that swallows everything.
class Files {
 public:
  Files()
      : file_(std::tmpfile()), null_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    if (file_ == nullptr || null_ < 0) Fail("cannot open files to work on");
    const std::vector<uint8_t> content(kFileSize, 'x');
    if (write(input(), content.data(), content.size()) != kFileSize) {
      Fail("cannot fill the file to read");
    }
  }
  ~Files() {
    std::fclose(file_);
    close(null_);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  int input() const { return fileno(file_); }
  int null() const { return null_; }

 private:
  std::FILE* file_;
  int null_;
};

// A directory with a hundred files, one of which is called "file".
class Directory {
 public:
  Directory() {
    if (mkdtemp(path_) == nullptr) Fail("cannot make a directory");
    for (int i = 0; i < kFiles; ++i) {
      const int fd =
          open(NameOf(i).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
      if (fd < 0) Fail("cannot make a file");
      close(fd);
    }
  }
  ~Directory() {
    for (int i = 0; i < kFiles; ++i) unlink(NameOf(i).c_str());
    rmdir(path_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  const char* path() const { return path_; }

 private:
  static constexpr int kFiles = 100;

  std::string NameOf(int number) const {
    return absl::StrCat(path_, "/file",
                        number == 0 ? "" : absl::StrCat(number));
  }

  char path_[32] = "/tmp/wasi_bench_XXXXXX";
};

// The files are the program's standard input and output.
Linker LinkerFor(const Files& files, const char* directory) {
  wasi::WasiOptions options;
  options.context.args = {"bench"};
  options.context.stdin_fd = files.input();
  options.context.stdout_fd = files.null();
  if (directory != nullptr) {
    options.context.preopens = {{.guest = "/", .host = directory}};
  }
  const std::unique_ptr<wasi::Wasi> wasi =
      ValueOrFail(wasi::Wasi::Create(std::move(options)));
  Linker linker;
  const absl::Status added = wasi->AddTo(linker);
  if (!added.ok()) Fail(added.ToString());
  return linker;
}

Guest InputOutput(const Files& files, const char* directory = nullptr) {
  return Guest("bench/modules/input_output.wasm", LinkerFor(files, directory));
}

void SucceedOrFail(Outcome<int32_t> errno_of_guest) {
  if (ValueOrFail(std::move(errno_of_guest)) != 0) Fail("a WASI call failed");
}

// Bytes of one call.
void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(4096)->Arg(1 << 20);
}

void SetProcessed(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * kCallsInside);
  state.SetBytesProcessed(state.iterations() * kCallsInside * state.range(0));
}

void WriteGuest(benchmark::State& state) {
  const Files files;
  Guest guest = InputOutput(files);
  const auto write = guest.Find<int32_t(int32_t, int32_t, int32_t)>("write");
  const auto size = static_cast<int32_t>(state.range(0));
  for (auto _ : state) SucceedOrFail(write(1, size, kCallsInside));
  SetProcessed(state);
}
BENCHMARK(WriteGuest)->Apply(Sizes);

void WriteHost(benchmark::State& state) {
  const Files files;
  const std::vector<uint8_t> buffer(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      if (write(files.null(), buffer.data(), buffer.size()) < 0) {
        Fail("write failed");
      }
    }
  }
  SetProcessed(state);
}
BENCHMARK(WriteHost)->Apply(Sizes);

void SeekAndReadGuest(benchmark::State& state) {
  const Files files;
  Guest guest = InputOutput(files);
  const auto read = guest.Find<int32_t(int32_t, int32_t, int32_t)>("read");
  const auto size = static_cast<int32_t>(state.range(0));
  for (auto _ : state) SucceedOrFail(read(0, size, kCallsInside));
  SetProcessed(state);
}
BENCHMARK(SeekAndReadGuest)->Apply(Sizes);

void SeekAndReadHost(benchmark::State& state) {
  const Files files;
  std::vector<uint8_t> buffer(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      if (lseek(files.input(), 0, SEEK_SET) != 0 ||
          read(files.input(), buffer.data(), buffer.size()) < 0) {
        Fail("read failed");
      }
    }
  }
  SetProcessed(state);
}
BENCHMARK(SeekAndReadHost)->Apply(Sizes);

void ClockGuest(benchmark::State& state) {
  const Files files;
  Guest guest = InputOutput(files);
  const auto clock = guest.Find<int32_t(int32_t)>("clock");
  for (auto _ : state) SucceedOrFail(clock(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(ClockGuest);

void ClockHost(benchmark::State& state) {
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      timespec now;
      clock_gettime(CLOCK_MONOTONIC, &now);
      benchmark::DoNotOptimize(now);
    }
  }
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(ClockHost);

// Calls that are refused at once: the way in and out.
void RefusedGuest(benchmark::State& state) {
  const Files files;
  Guest guest = InputOutput(files);
  const auto nothing = guest.Find<int32_t(int32_t)>("nothing");
  for (auto _ : state) SucceedOrFail(nothing(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(RefusedGuest);

void StatFileGuest(benchmark::State& state) {
  const Files files;
  Guest guest = InputOutput(files);
  const auto stat = guest.Find<int32_t(int32_t, int32_t)>("stat_fd");
  for (auto _ : state) SucceedOrFail(stat(0, kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(StatFileGuest);

void StatFileHost(benchmark::State& state) {
  const Files files;
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      struct stat stat;
      if (fstat(files.input(), &stat) != 0) Fail("fstat failed");
      benchmark::DoNotOptimize(stat);
    }
  }
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(StatFileHost);

void StatPathGuest(benchmark::State& state) {
  const Files files;
  const Directory directory;
  Guest guest = InputOutput(files, directory.path());
  const auto stat = guest.Find<int32_t(int32_t)>("stat_path");
  for (auto _ : state) SucceedOrFail(stat(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(StatPathGuest);

void StatPathHost(benchmark::State& state) {
  const Directory directory;
  const int root = open(directory.path(), O_RDONLY | O_CLOEXEC);
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      struct stat stat;
      if (fstatat(root, "file", &stat, 0) != 0) Fail("fstatat failed");
      benchmark::DoNotOptimize(stat);
    }
  }
  close(root);
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(StatPathHost);

void ReadDirectoryGuest(benchmark::State& state) {
  const Files files;
  const Directory directory;
  Guest guest = InputOutput(files, directory.path());
  const auto read = guest.Find<int32_t(int32_t)>("read_directory");
  for (auto _ : state) SucceedOrFail(read(kCallsInside));
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(ReadDirectoryGuest);

void ReadDirectoryHost(benchmark::State& state) {
  const Directory directory;
  DIR* const stream = opendir(directory.path());
  if (stream == nullptr) Fail("opendir failed");
  for (auto _ : state) {
    for (int i = 0; i < kCallsInside; ++i) {
      rewinddir(stream);
      while (const dirent* entry = readdir(stream)) {
        benchmark::DoNotOptimize(entry);
      }
    }
  }
  closedir(stream);
  state.SetItemsProcessed(state.iterations() * kCallsInside);
}
BENCHMARK(ReadDirectoryHost);

}  // namespace
}  // namespace wasijit::bench
