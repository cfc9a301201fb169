// Copies its files, or standard input when there are none, to standard output.
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int Copy(FILE* from) {
  char buffer[4096];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, from)) > 0) {
    if (fwrite(buffer, 1, count, stdout) != count) return 1;
  }
  return ferror(from) != 0;
}

int main(int argc, char** argv) {
  if (argc < 2) return Copy(stdin);
  int status = 0;
  for (int i = 1; i < argc; ++i) {
    FILE* file = fopen(argv[i], "rb");
    if (file == NULL) {
      fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
      status = 1;
      continue;
    }
    status |= Copy(file);
    fclose(file);
  }
  return status;
}
