// Checks what can be promised of clocks, sleep, yield and random numbers.
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t Now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) return -1;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int MonotonicNeverGoesBack(void) {
  int64_t last = Now(CLOCK_MONOTONIC);
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = Now(CLOCK_MONOTONIC);
    if (now < last) return 0;
    last = now;
  }
  return 1;
}

static int SleepLastsLongEnough(void) {
  const struct timespec time = {0, 20000000};
  const int64_t start = Now(CLOCK_MONOTONIC);
  if (nanosleep(&time, NULL) != 0) return 0;
  const int64_t elapsed = Now(CLOCK_MONOTONIC) - start;
  return elapsed >= 20000000 && elapsed < 5000000000;
}

static int RandomBytesDiffer(void) {
  uint8_t first[32], second[32];
  if (getentropy(first, sizeof first) != 0) return 0;
  if (getentropy(second, sizeof second) != 0) return 0;
  return memcmp(first, second, sizeof first) != 0;
}

int main(void) {
  const int64_t year_2020 = 1577836800;
  printf("realtime after 2020: %d\n", time(NULL) > year_2020);
  struct timespec resolution;
  printf("resolution known: %d\n",
         clock_getres(CLOCK_MONOTONIC, &resolution) == 0 &&
             resolution.tv_sec == 0 && resolution.tv_nsec > 0);
  printf("monotonic never goes back: %d\n", MonotonicNeverGoesBack());
  printf("sleep lasts long enough: %d\n", SleepLastsLongEnough());
  printf("yield: %d\n", sched_yield());
  printf("random bytes differ: %d\n", RandomBytesDiffer());
  return 0;
}
