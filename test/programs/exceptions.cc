// Throws, catches, rethrows and cleans up, as C++ compilers translate that.
#include <cstdio>
#include <cstring>

#include "cxx_exceptions.h"

namespace {

struct Error {
  int code;
  char text[16];
};

int destroyed = 0;
struct Guard {
  ~Guard() { ++destroyed; }
};

[[gnu::noinline]] int Descend(int depth, int code) {
  const Guard guard;
  if (depth == 0) {
    Error error = {code, {}};
    std::strcpy(error.text, "bottom");
    throw error;
  }
  return Descend(depth - 1, code) + depth;
}

[[gnu::noinline]] void Classify(int what) {
  try {
    switch (what) {
      case 0:
        throw 42;
      case 1:
        throw 2.5;
      case 2:
        Descend(100, 7);
        break;
      case 3:
        throw "text";
      default:
        std::printf("nothing thrown\n");
    }
  } catch (int number) {
    std::printf("int %d\n", number);
  } catch (double number) {
    std::printf("double %.1f\n", number);
  } catch (const Error& error) {
    std::printf("error %d %s after %d destructors\n", error.code, error.text,
                destroyed);
  } catch (...) {
    std::printf("something else\n");
  }
}

[[gnu::noinline]] void Rethrow(int number) {
  const Guard guard;
  try {
    throw number;
  } catch (int caught) {
    if (caught % 2 == 0) throw;
    std::printf("odd %d\n", caught);
  }
}

// The handler's exception replaces the first.
[[gnu::noinline]] void Translate() {
  try {
    try {
      Descend(3, 1);
    } catch (const Error& error) {
      throw error.code + 1000;
    }
  } catch (int number) {
    std::printf("translated %d\n", number);
  }
}

}  // namespace

int main() {
  for (int what = 0; what < 5; ++what) Classify(what);
  for (int number = 1; number < 3; ++number) {
    try {
      Rethrow(number);
    } catch (int caught) {
      std::printf("again %d\n", caught);
    }
  }
  Translate();
  long sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    try {
      Descend(i % 5, i);
    } catch (const Error& error) {
      sum += error.code;
    }
  }
  std::printf("sum %ld, %d destructors\n", sum, destroyed);
  std::fflush(stdout);
  throw Error{99, "uncaught"};
}
