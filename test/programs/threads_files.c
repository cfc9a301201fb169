// Threads that make, write, read and rename files at the same time, and look at
// the wall around themselves.
#include <stddef.h>
#include <stdint.h>

#include "wasi_threads.h"

#define WASI(name) IMPORT("wasi_snapshot_preview1", name)

struct buffer {
  void* begin;
  size_t size;
};

WASI("fd_write")
int32_t fd_write(int32_t fd, const struct buffer* iovs, size_t count,
                 size_t* written);
WASI("fd_pread")
int32_t fd_pread(int32_t fd, const struct buffer* iovs, size_t count,
                 int64_t offset, size_t* read);
WASI("fd_close") int32_t fd_close(int32_t fd);
WASI("path_open")
int32_t path_open(int32_t directory, int32_t lookup, const char* path,
                  size_t size, int32_t flags, int64_t rights,
                  int64_t inheriting, int32_t fdflags, int32_t* fd);
WASI("path_rename")
int32_t path_rename(int32_t from, const char* old_path, size_t old_size,
                    int32_t to, const char* new_path, size_t new_size);
WASI("proc_exit") _Noreturn void proc_exit(uint32_t code);

enum {
  kThreads = 4,
  kFiles = 20,
  kSize = 5000,
  kStackSize = 16384,
  kDirectory = 3,
  kProc = 4,
  kCreateExclusively = 1 | 4,
  kReadAndSeek = 2 | 4,
  kReadAndWrite = kReadAndSeek | 64,
};

struct thread {
  // First, as wasi_threads.h wants it.
  void* stack_end;
  int number;
  char stack[kStackSize] __attribute__((aligned(16)));
  char written[kSize];
  char read[kSize];
};

static struct thread threads[kThreads];

static void require(int condition, int code) {
  if (!condition) proc_exit(code);
}

static void make_file(struct thread* self, int number) {
  char path[] = "new-0-aa";
  path[4] += self->number;
  path[6] += number / 10;
  path[7] += number % 10;
  int32_t fd;
  require(path_open(kDirectory, 0, path, 8, kCreateExclusively, kReadAndWrite,
                    0, 0, &fd) == 0,
          10);
  for (int i = 0; i < kSize; ++i) self->written[i] = path[i % 8] + number;
  // Two buffers go another way than one.
  const struct buffer halves[] = {{self->written, kSize / 2},
                                  {self->written + kSize / 2, kSize / 2}};
  size_t count;
  require(fd_write(fd, halves, 2, &count) == 0 && count == kSize, 11);
  const struct buffer whole = {self->read, kSize};
  require(fd_pread(fd, &whole, 1, 0, &count) == 0 && count == kSize, 12);
  for (int i = 0; i < kSize; ++i) {
    require(self->read[i] == self->written[i], 13);
  }
  require(fd_close(fd) == 0, 14);
  char name[8];
  for (int i = 0; i < 8; ++i) name[i] = path[i];
  name[0] = 'o';
  name[1] = 'l';
  name[2] = 'd';
  require(path_rename(kDirectory, path, 8, kDirectory, name, 8) == 0, 15);
}

// /proc/thread-self/status says whether the thread is inside the wall.
static void check_wall(struct thread* self) {
  static const char kPath[] = "thread-self/status";
  static const char kLine[] = "\nNoNewPrivs:\t1";
  int32_t fd;
  require(path_open(kProc, 1, kPath, sizeof kPath - 1, 0, kReadAndSeek, 0, 0,
                    &fd) == 0,
          20);
  const struct buffer text = {self->read, kSize};
  size_t count;
  require(fd_pread(fd, &text, 1, 0, &count) == 0, 21);
  require(fd_close(fd) == 0, 22);
  for (size_t at = 0; at + sizeof kLine <= count; ++at) {
    size_t i = 0;
    while (i < sizeof kLine - 1 && self->read[at + i] == kLine[i]) ++i;
    if (i == sizeof kLine - 1) return;
  }
  proc_exit(23);
}

EXPORT("run_thread") void run_thread(int32_t id, struct thread* self) {
  (void)id;
  check_wall(self);
  for (int i = 0; i < kFiles; ++i) make_file(self, i);
  end_thread();
}

EXPORT("_start") void _start(void) {
  for (int i = 0; i < kThreads; ++i) {
    threads[i].number = i;
    threads[i].stack_end = threads[i].stack + kStackSize;
    require(thread_spawn(&threads[i]) > 0, 1);
  }
  await_threads(kThreads);
  static char text[] = "all files made\n";
  const struct buffer line = {text, sizeof text - 1};
  size_t count;
  fd_write(1, &line, 1, &count);
}
