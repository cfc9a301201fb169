// Makes, writes, reads, seeks, truncates, renames, links, stats and removes
// files and directories below its preopened directory, reporting each step.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void Report(const char* step, int result) {
  printf("%s: %s\n", step, result >= 0 ? "ok" : strerror(errno));
}

static void ReportSize(const char* path) {
  struct stat status;
  if (stat(path, &status) != 0) {
    printf("size of %s: %s\n", path, strerror(errno));
  } else {
    printf("size of %s: %lld\n", path, (long long)status.st_size);
  }
}

static void ReportContent(const char* path) {
  char buffer[64];
  int fd = open(path, O_RDONLY);
  ssize_t count = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
  if (count < 0) {
    printf("content of %s: %s\n", path, strerror(errno));
  } else {
    printf("content of %s: %.*s\n", path, (int)count, buffer);
  }
  if (fd >= 0) close(fd);
}

static void WriteAndSeek(const char* path) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
  Report("create", fd);
  Report("write", write(fd, "hello, world", 12));
  printf("position: %lld\n", (long long)lseek(fd, 0, SEEK_CUR));
  Report("seek", lseek(fd, 7, SEEK_SET) == 7 ? 0 : -1);
  Report("overwrite", write(fd, "files", 5));
  printf("end: %lld\n", (long long)lseek(fd, 0, SEEK_END));
  char middle[5];
  printf("pread: %zd %.5s\n", pread(fd, middle, 5, 7), middle);
  Report("pwrite", pwrite(fd, "H", 1, 0));
  Report("sync", fsync(fd));
  Report("close", close(fd));
  Report("create again", open(path, O_RDWR | O_CREAT | O_EXCL, 0644));
}

static void Append(const char* path) {
  int fd = open(path, O_WRONLY | O_APPEND);
  Report("append", write(fd, "!", 1));
  close(fd);
  ReportContent(path);
  fd = open(path, O_RDWR);
  Report("truncate", ftruncate(fd, 5));
  close(fd);
  ReportSize(path);
}

int main(void) {
  Report("mkdir", mkdir("/data/sub", 0755));
  Report("mkdir again", mkdir("/data/sub", 0755));
  WriteAndSeek("/data/a.txt");
  ReportContent("/data/a.txt");
  Append("/data/a.txt");
  Report("rename", rename("/data/a.txt", "/data/sub/b.txt"));
  ReportSize("/data/a.txt");
  ReportContent("/data/sub/b.txt");
  Report("link", link("/data/sub/b.txt", "/data/c.txt"));
  Report("symlink", symlink("sub/b.txt", "/data/d.txt"));
  ReportContent("/data/d.txt");
  char target[64];
  ssize_t length = readlink("/data/d.txt", target, sizeof target);
  printf("readlink: %.*s\n", (int)length, target);
  Report("rmdir of a full directory", rmdir("/data/sub"));
  Report("unlink", unlink("/data/sub/b.txt"));
  ReportContent("/data/c.txt");
  ReportContent("/data/d.txt");
  Report("rmdir", rmdir("/data/sub"));
  Report("unlink of the link", unlink("/data/d.txt"));
  Report("unlink of nothing", unlink("/data/d.txt"));
  return 0;
}
