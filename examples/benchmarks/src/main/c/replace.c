/*
 * The minimum of a durable replacement: write a new file, fsync it, rename it over the old one,
 * fsync the directory. With a mark, it also creates a second file before the rename, and deletes it
 * at the end. For each line on standard input it does so once in the given directory, with the given
 * number of bytes, and prints the nanoseconds that it took.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char *content;
static size_t size;
static int marks;

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

static void create_mark(void) {
  static const char text[150];
  int mark = open("state.json.outcome", O_CREAT | O_EXCL | O_WRONLY, 0600);
  check(mark >= 0, "open the mark");
  check(write(mark, text, sizeof text) == sizeof text, "write the mark");
  check(close(mark) == 0, "close the mark");
}

static void replace(void) {
  int file = open("state.json.tmp", O_CREAT | O_EXCL | O_WRONLY, 0644);
  check(file >= 0, "open the file");
  check(write(file, content, size) == (ssize_t)size, "write");
  check(fsync(file) == 0, "fsync the file");
  check(close(file) == 0, "close the file");
  if (marks) {
    create_mark();
  }
  check(rename("state.json.tmp", "state.json") == 0, "rename");
  int directory = open(".", O_RDONLY | O_DIRECTORY);
  check(directory >= 0, "open the directory");
  check(fsync(directory) == 0, "fsync the directory");
  check(close(directory) == 0, "close the directory");
  if (marks) {
    check(unlink("state.json.outcome") == 0, "delete the mark");
  }
}

int main(int count, char **arguments) {
  check((count == 3 || count == 4) && chdir(arguments[1]) == 0, "the directory");
  size = strtoul(arguments[2], NULL, 10);
  marks = count == 4 && strcmp(arguments[3], "mark") == 0;
  content = malloc(size);
  check(content != NULL, "malloc");
  memset(content, 'x', size);
  while (getchar() != EOF) {
    long start = now();
    replace();
    printf("%ld\n", now() - start);
    fflush(stdout);
  }
  return 0;
}
