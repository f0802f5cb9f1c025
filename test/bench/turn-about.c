/* turn-about LIBRARY MODEL MODEL XNNPACK PAIRS BLOCK_US: both models in one process, one thread each, on the same input; blocks of
 * inferences take turns (1 2 2 1 ...). Prints a line for each pair of blocks: the median nanoseconds of an inference of each. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP_US = 100000, MOST_RUNS = 4096 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *library;

static void *function(const char *name) {
  void *f = dlsym(library, name);
  if (!f) {
    fprintf(stderr, "%s is missing\n", name);
    exit(1);
  }
  return f;
}

static int (*invoke)(void *);

/* XNNPACK's options begin with the number of threads; the rest is what the library itself takes. */
static void *xnnpack(void) {
  void *(*create)(const void *) = function("TfLiteXNNPackDelegateCreate");
  const void *(*options_of)(void *) = function("TfLiteXNNPackDelegateGetOptions");
  union {
    int32_t threads;
    char room[512];
  } options = {.room = {0}};
  memcpy(&options, options_of(create(0)), 64);
  options.threads = 1;
  return create(&options);
}

static void *load(const char *path, int accelerated) {
  void *(*model_create)(const char *) = function("TfLiteModelCreateFromFile");
  void *(*options_create)(void) = function("TfLiteInterpreterOptionsCreate");
  void (*set_threads)(void *, int32_t) = function("TfLiteInterpreterOptionsSetNumThreads");
  void (*add_delegate)(void *, void *) = function("TfLiteInterpreterOptionsAddDelegate");
  void *(*create)(void *, void *) = function("TfLiteInterpreterCreate");
  int (*allocate)(void *) = function("TfLiteInterpreterAllocateTensors");
  void *(*input)(void *, int32_t) = function("TfLiteInterpreterGetInputTensor");
  void *(*data)(void *) = function("TfLiteTensorData");
  size_t (*bytes)(void *) = function("TfLiteTensorByteSize");
  void *options = options_create();
  set_threads(options, 1);
  if (accelerated) add_delegate(options, xnnpack());
  void *interpreter = create(model_create(path), options);
  if (!interpreter || allocate(interpreter)) {
    fprintf(stderr, "%s cannot be run\n", path);
    exit(1);
  }
  float *x = data(input(interpreter, 0));
  for (size_t i = 0; i < bytes(input(interpreter, 0)) / sizeof *x; i++) x[i] = (float)(i * 2654435761u % 1000) / 1000;
  return interpreter;
}

static int ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* Median nanoseconds of an inference, over at least one and about as many as take `block_us`. */
static int64_t block(void *interpreter, int64_t block_us) {
  static int64_t took[MOST_RUNS];
  int runs = 0;
  for (int64_t from = now(), at = from; runs < MOST_RUNS && (runs == 0 || at - from < block_us * 1000);) {
    invoke(interpreter);
    int64_t end = now();
    took[runs++] = end - at;
    at = end;
  }
  qsort(took, (size_t)runs, sizeof *took, ascending);
  return took[runs / 2];
}

int main(int argc, char **argv) {
  if (argc != 7 || !(library = dlopen(argv[1], RTLD_NOW))) {
    fprintf(stderr, "%s\n", argc != 7 ? "wrong use" : dlerror());
    return 1;
  }
  invoke = function("TfLiteInterpreterInvoke");
  int accelerated = atoi(argv[4]), pairs = atoi(argv[5]);
  int64_t block_us = atoll(argv[6]), took[2];
  void *models[2] = {load(argv[2], accelerated), load(argv[3], accelerated)};
  for (int i = 0; i < 2; i++) block(models[i], WARM_UP_US);
  for (int i = 0; i < pairs; i++) {
    for (int turn = 0; turn < 2; turn++) {
      int which = (i + turn) % 2;
      took[which] = block(models[which], block_us);
    }
    printf("%lld %lld\n", (long long)took[0], (long long)took[1]);
  }
  return 0;
}
