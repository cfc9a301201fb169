// Waits for standard input, then for a time-out.
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  printf("ready: %d\n", poll(&input, 1, 5000));
  printf("readable: %d\n", (input.revents & POLLIN) != 0);
  char buffer[16];
  printf("read: %zd\n", read(0, buffer, sizeof buffer));
  struct pollfd output = {.fd = 1, .events = POLLOUT};
  printf("writable: %d\n", poll(&output, 1, 5000) == 1);
  printf("time-out: %d\n", poll(NULL, 0, 10));
  return 0;
}
