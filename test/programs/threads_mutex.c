// Threads, a mutex, a condition and thread-local variables, as a C library for
// wasi-threads has them.
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "wasi_threads.h"

struct text {
  const char* begin;
  size_t size;
};

IMPORT("wasi_snapshot_preview1", "fd_write")
int32_t fd_write(int32_t fd, const struct text* iovs, size_t count,
                 size_t* written);
IMPORT("wasi_snapshot_preview1", "proc_exit")
_Noreturn void proc_exit(uint32_t code);

enum { kThreads = 6, kRounds = 3000, kStackSize = 4096, kTlsSize = 256 };

struct thread {
  // First, as wasi_threads.h wants it.
  void* stack_end;
  int number;
  char tls[kTlsSize] __attribute__((aligned(16)));
  char stack[kStackSize] __attribute__((aligned(16)));
};

static struct thread threads[kThreads];
static _Thread_local int rounds = 0;

// 0: free, 1: locked, 2: locked and somebody may wait.
static _Atomic(int) mutex;
static int counter;
static int turn;
static _Atomic(int) turns;

static void lock(void) {
  int expected = 0;
  if (atomic_compare_exchange_strong(&mutex, &expected, 1)) return;
  while (atomic_exchange(&mutex, 2) != 0) {
    __builtin_wasm_memory_atomic_wait32((int*)&mutex, 2, -1);
  }
}

static void unlock(void) {
  if (atomic_exchange(&mutex, 0) == 2) {
    __builtin_wasm_memory_atomic_notify((int*)&mutex, 1);
  }
}

static void write_text(const char* text, size_t size) {
  size_t written;
  const struct text iov = {text, size};
  fd_write(1, &iov, 1, &written);
}

// Threads write one after the other, in the order of their numbers.
static void take_turn(const struct thread* self) {
  int before;
  while (lock(), before = turns, turn != self->number) {
    unlock();
    __builtin_wasm_memory_atomic_wait32((int*)&turns, before, -1);
  }
  const char line[] = {'t', 'h', 'r', 'e', 'a', 'd', ' ', '0' + self->number,
                       '\n'};
  write_text(line, sizeof line);
  ++turn;
  ++turns;
  __builtin_wasm_memory_atomic_notify((int*)&turns, kThreads);
  unlock();
}

EXPORT("run_thread") void run_thread(int32_t id, struct thread* self) {
  extern void __wasm_init_tls(void*);
  __wasm_init_tls(self->tls);
  (void)id;
  while (rounds < kRounds) {
    lock();
    ++counter;
    unlock();
    ++rounds;
  }
  take_turn(self);
  end_thread();
}

EXPORT("_start") void _start(void) {
  for (int i = 0; i < kThreads; ++i) {
    threads[i].number = i;
    threads[i].stack_end = threads[i].stack + kStackSize;
    if (thread_spawn(&threads[i]) <= 0) proc_exit(1);
  }
  await_threads(kThreads);
  if (counter != kThreads * kRounds || rounds != 0) proc_exit(2);
  write_text("all ended\n", 10);
}
