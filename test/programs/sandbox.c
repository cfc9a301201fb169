// Tries to reach files outside its preopened directory in every way that a
// path allows. Each attempt must fail; what is inside must stay reachable.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int escapes = 0;

static void MustFail(const char* path) {
  int fd = open(path, O_RDONLY);
  printf("%s: %s\n", path, fd < 0 ? "denied" : "ESCAPED");
  if (fd >= 0) {
    ++escapes;
    close(fd);
  }
}

static void MustOpen(const char* path) {
  int fd = open(path, O_RDONLY);
  printf("%s: %s\n", path, fd < 0 ? "LOST" : "opened");
  if (fd < 0) {
    ++escapes;
  } else {
    close(fd);
  }
}

int main(void) {
  MustOpen("/box/inside.txt");
  MustOpen("/box/sub/../inside.txt");
  MustOpen("/box/./sub/.././inside.txt");
  MustOpen("/box/link_inside");
  MustFail("/box/../outside.txt");
  MustFail("/box/sub/../../outside.txt");
  MustFail("/outside.txt");
  MustFail("/box/link_outside");
  MustFail("/box/link_absolute");
  MustFail("/box/link_directory/outside.txt");
  MustFail("/etc/passwd");
  MustFail("../etc/passwd");
  if (symlink("../outside.txt", "/box/made") == 0) MustFail("/box/made");
  if (rename("/box/inside.txt", "/box/../stolen.txt") == 0) ++escapes;
  if (mkdir("/box/../made_outside", 0755) == 0) ++escapes;
  printf("escapes: %d\n", escapes);
  return escapes != 0;
}
