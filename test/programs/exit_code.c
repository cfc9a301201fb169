// Ends with the status named by its first argument, in the manner named by
// the second.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void AtExit(void) { puts("atexit ran"); }

int main(int argc, char** argv) {
  const int status = argc > 1 ? atoi(argv[1]) : 0;
  const char* manner = argc > 2 ? argv[2] : "return";
  atexit(AtExit);
  puts("running");
  if (strcmp(manner, "exit") == 0) exit(status);
  if (strcmp(manner, "_exit") == 0) {
    fflush(stdout);
    _exit(status);
  }
  if (strcmp(manner, "abort") == 0) {
    fflush(stdout);
    abort();
  }
  return status;
}
