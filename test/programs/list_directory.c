// Lists directories: kind, size and name of every entry that is not
// hidden, sorted by name.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int CompareNames(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static char KindOf(const struct stat* status) {
  if (S_ISDIR(status->st_mode)) return 'd';
  if (S_ISLNK(status->st_mode)) return 'l';
  return S_ISREG(status->st_mode) ? '-' : '?';
}

static int List(const char* path) {
  DIR* directory = opendir(path);
  if (directory == NULL) {
    fprintf(stderr, "list_directory: %s: %s\n", path, strerror(errno));
    return 1;
  }
  char** names = NULL;
  size_t count = 0;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    names = realloc(names, (count + 1) * sizeof *names);
    names[count++] = strdup(entry->d_name);
  }
  closedir(directory);
  qsort(names, count, sizeof *names, CompareNames);
  for (size_t i = 0; i < count; ++i) {
    char full[512];
    snprintf(full, sizeof full, "%s/%s", path, names[i]);
    struct stat status;
    if (lstat(full, &status) != 0) {
      printf("? %s: %s\n", names[i], strerror(errno));
    } else if (S_ISREG(status.st_mode)) {
      printf("%c %lld %s\n", KindOf(&status), (long long)status.st_size,
             names[i]);
    } else {
      printf("%c %s\n", KindOf(&status), names[i]);
    }
    free(names[i]);
  }
  free(names);
  return 0;
}

int main(int argc, char** argv) {
  int status = 0;
  for (int i = 1; i < argc; ++i) status |= List(argv[i]);
  return status;
}
