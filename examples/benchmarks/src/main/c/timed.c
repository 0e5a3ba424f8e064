/*
 * Runs a command with its output thrown away, and prints the nanoseconds from before its start until
 * it has ended, its peak memory in KiB, and its exit code.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count < 2) {
    fprintf(stderr, "timed COMMAND [ARGUMENT]...\n");
    return 2;
  }
  long start = now();
  pid_t child = vfork();
  if (child == 0) {
    dup2(open("/dev/null", O_WRONLY), 1);
    execvp(arguments[1], arguments + 1);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    perror("timed");
    return 1;
  }
  long end = now();
  printf("%ld %ld %d\n", end - start, usage.ru_maxrss, WEXITSTATUS(status));
  return 0;
}
