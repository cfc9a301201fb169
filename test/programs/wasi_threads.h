// What a C library for wasi-threads has: starting threads and waiting for their
// ends. The sysroot's library is made for one thread, so programs with threads
// do without.
//
// A thread's argument begins with the end of its stack, which the entry loads
// before there is a stack; then run_thread, which the program defines and ends
// with end_thread, is called.
#ifndef TEST_PROGRAMS_WASI_THREADS_H_
#define TEST_PROGRAMS_WASI_THREADS_H_

#include <stdint.h>

#define IMPORT(module, name) \
  __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

IMPORT("wasi", "thread-spawn") int32_t thread_spawn(void* argument);

static _Atomic(int) finished;

static inline void end_thread(void) {
  ++finished;
  __builtin_wasm_memory_atomic_notify((int*)&finished, 1);
}

static inline void await_threads(int count) {
  for (int ended; (ended = finished) != count;) {
    __builtin_wasm_memory_atomic_wait32((int*)&finished, ended, -1);
  }
}

__asm__(
    ".globaltype __stack_pointer, i32\n"
    ".functype run_thread (i32, i32) -> ()\n"
    ".section .text.wasi_thread_start,\"\",@\n"
    ".globl wasi_thread_start\n"
    ".type wasi_thread_start,@function\n"
    ".export_name wasi_thread_start, wasi_thread_start\n"
    "wasi_thread_start:\n"
    ".functype wasi_thread_start (i32, i32) -> ()\n"
    "local.get 1\n"
    "i32.load 0\n"
    "global.set __stack_pointer\n"
    "local.get 0\n"
    "local.get 1\n"
    "call run_thread\n"
    "end_function\n");

#endif  // TEST_PROGRAMS_WASI_THREADS_H_
