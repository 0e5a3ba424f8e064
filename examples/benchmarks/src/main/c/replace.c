/*
 * What a durable replacement cannot do without: write a new file, flush it, rename it over the old
 * one, flush the directory. For each number on standard input: that many in the given directory, and
 * then a line with the nanoseconds of each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIZE 700

static char content[SIZE];

static void check(int holds, const char *what) {
  if (!holds) {
    perror(what);
    exit(1);
  }
}

static long now(void) {
  struct timespec time;
  check(clock_gettime(CLOCK_MONOTONIC, &time) == 0, "clock_gettime");
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void replace(void) {
  int file = open("c.json.tmp", O_CREAT | O_EXCL | O_WRONLY, 0644);
  check(file >= 0, "open the file");
  check(write(file, content, SIZE) == SIZE, "write");
  check(fsync(file) == 0, "fsync the file");
  check(close(file) == 0, "close the file");
  check(rename("c.json.tmp", "c.json") == 0, "rename");
  int directory = open(".", O_RDONLY | O_DIRECTORY);
  check(directory >= 0, "open the directory");
  check(fsync(directory) == 0, "fsync the directory");
  check(close(directory) == 0, "close the directory");
}

int main(int count, char **arguments) {
  check(count == 2 && chdir(arguments[1]) == 0, "the directory");
  memset(content, 'x', SIZE);
  int times;
  while (scanf("%d", &times) == 1) {
    for (int i = 0; i < times; i++) {
      long start = now();
      replace();
      printf("%ld ", now() - start);
    }
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
