// Prints its arguments and its environment, sorted.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

static int CompareStrings(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

int main(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) printf("argument %d: [%s]\n", i, argv[i]);
  size_t count = 0;
  while (environ[count] != NULL) ++count;
  qsort(environ, count, sizeof *environ, CompareStrings);
  for (size_t i = 0; i < count; ++i) printf("environment: [%s]\n", environ[i]);
  return 0;
}
