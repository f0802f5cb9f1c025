/* Preloaded into a process that uses SQLite: lets the nth open, write, sync or truncation of the watched files fail with EIO,
 * once or from then on. Told by a file that both sides share: three 64-bit numbers: nth (0: none), for ever, count. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

struct control {
  volatile int64_t nth, for_ever, count;
};

static unsigned char watched[4096];

static struct control *control(void) {
  static struct control *shared;
  if (shared == NULL) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    const char *path = getenv("EDGEBENCH_FAIL_CONTROL");
    int fd = path == NULL ? -1 : real(path, O_RDWR);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) abort();
    close(fd);
    shared = at;
  }
  return shared;
}

static int strikes(void) {
  struct control *c = control();
  int64_t count = __sync_add_and_fetch(&c->count, 1);
  int64_t nth = c->nth;
  if (nth == 0 || (c->for_ever ? count < nth : count != nth)) return 0;
  errno = EIO;
  return 1;
}

static int is_watched_path(const char *path) { return strstr(path, "watched.db") != NULL; }
static int is_watched(int fd) { return fd >= 0 && fd < (int)sizeof watched && watched[fd]; }

#define OPEN(NAME)                                                       \
  int NAME(const char *path, int flags, ...) {                           \
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, #NAME);       \
    va_list rest;                                                        \
    va_start(rest, flags);                                               \
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;     \
    va_end(rest);                                                        \
    int mine = is_watched_path(path);                                    \
    if (mine && strikes()) return -1;                                    \
    int fd = real(path, flags, mode);                                    \
    if (fd >= 0 && fd < (int)sizeof watched) watched[fd] = mine;         \
    return fd;                                                           \
  }
OPEN(open)
OPEN(open64)

#define FAILING(TYPE, NAME, ARGUMENTS, VALUES)                           \
  TYPE NAME ARGUMENTS {                                                  \
    TYPE(*real) ARGUMENTS = dlsym(RTLD_NEXT, #NAME);                     \
    return is_watched(fd) && strikes() ? -1 : real VALUES;               \
  }
FAILING(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
FAILING(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FAILING(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
FAILING(int, fsync, (int fd), (fd))
FAILING(int, fdatasync, (int fd), (fd))
FAILING(int, ftruncate, (int fd, off_t size), (fd, size))
FAILING(int, ftruncate64, (int fd, off64_t size), (fd, size))

int close(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "close");
  if (fd >= 0 && fd < (int)sizeof watched) watched[fd] = 0;
  return real(fd);
}
