// Copies a file: the C program of the Wasmtime tutorial on WASI.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int copy(int from, int to) {
  char buffer[4096];
  ssize_t got;
  while ((got = read(from, buffer, sizeof(buffer))) > 0) {
    for (ssize_t written = 0; written < got;) {
      const ssize_t put = write(to, buffer + written, got - written);
      if (put < 0) return -1;
      written += put;
    }
  }
  return (int)got;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s <from> <to>\n", argv[0]);
    return 2;
  }
  const int from = open(argv[1], O_RDONLY);
  if (from < 0) {
    fprintf(stderr, "error opening input %s: %s\n", argv[1], strerror(errno));
    return 1;
  }
  const int to = open(argv[2], O_WRONLY | O_CREAT, 0660);
  if (to < 0) {
    fprintf(stderr, "error opening output %s: %s\n", argv[2], strerror(errno));
    return 1;
  }
  if (copy(from, to) != 0) {
    fprintf(stderr, "error copying: %s\n", strerror(errno));
    return 1;
  }
  return close(to) == 0 && close(from) == 0 ? 0 : 1;
}
