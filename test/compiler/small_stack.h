// Running code on a small stack, to see that it does not recurse on its input.
#ifndef WASIJIT_TEST_COMPILER_SMALL_STACK_H_
#define WASIJIT_TEST_COMPILER_SMALL_STACK_H_

#include <pthread.h>

#include <cstddef>
#include <functional>

#include "gtest/gtest.h"

namespace wasijit::test {

inline constexpr size_t kSmallStack = 128 * 1024;

// Runs `body` on a thread with a stack of 128 KiB and waits for it.
inline void RunOnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kSmallStack), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &body), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_COMPILER_SMALL_STACK_H_
