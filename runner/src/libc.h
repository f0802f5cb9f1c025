/* The part of the C library that the runner uses. On desktops it comes from the system's headers. For Android it is
   declared by hand, because no Android headers are at hand where the runner is cross-compiled: on 64-bit arm and x86
   these calls have the same types, constants and calling convention in bionic as in glibc. */
#ifndef EDGEBENCH_LIBC_H
#define EDGEBENCH_LIBC_H

#if defined(__linux__) && !defined(EDGEBENCH_BIONIC)
#define _GNU_SOURCE /* for sched_setaffinity */
#endif

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifndef EDGEBENCH_BIONIC

#ifdef __linux__
#include <sched.h>
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#else

struct timespec {
  long tv_sec, tv_nsec;
};
enum {
  CLOCK_MONOTONIC = 1,
  CLOCK_PROCESS_CPUTIME_ID = 2,
  O_RDONLY = 0,
  O_WRONLY = 1,
  O_CREAT = 0100,
  O_TRUNC = 01000,
  RTLD_NOW = 2,
};
int clock_gettime(int, struct timespec *);
int open(const char *, int, ...);
long read(int, void *, size_t);
long write(int, const void *, size_t);
int close(int);
int getpid(void);
int sched_setaffinity(int, size_t, const void *);
void *malloc(size_t);
void *calloc(size_t, size_t);
void *realloc(void *, size_t);
void free(void *);
void *memset(void *, int, size_t);
void *memcpy(void *, const void *, size_t);
size_t strlen(const char *);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, size_t);
char *strchr(const char *, int);
char *strstr(const char *, const char *);
long strtol(const char *, char **, int);
unsigned long long strtoull(const char *, char **, int);
double strtod(const char *, char **);
char *strerror(int);
int snprintf(char *, size_t, const char *, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *, size_t, const char *, va_list);
void *dlopen(const char *, int);
void *dlsym(void *, const char *);
char *dlerror(void);
void _exit(int) __attribute__((noreturn));
int *__errno(void);
#define errno (*__errno())

#endif
#endif
