/* independent-loop LIBRARY MODEL WARMUP RUNS: mean nanoseconds of one inference, timed around all of them together with nothing else
 * in the loop; then the nanoseconds that one pair of clock readings takes, which is what a timer around each run adds to it. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

int main(int argc, char **argv) {
  if (argc != 5 || !(library = dlopen(argv[1], RTLD_NOW))) {
    fprintf(stderr, "%s\n", argc != 5 ? "wrong use" : dlerror());
    return 1;
  }
  void *(*model_create)(const char *) = function("TfLiteModelCreateFromFile");
  void *(*options_create)(void) = function("TfLiteInterpreterOptionsCreate");
  void (*set_threads)(void *, int32_t) = function("TfLiteInterpreterOptionsSetNumThreads");
  void *(*create)(void *, void *) = function("TfLiteInterpreterCreate");
  int (*allocate)(void *) = function("TfLiteInterpreterAllocateTensors");
  void *(*input)(void *, int32_t) = function("TfLiteInterpreterGetInputTensor");
  void *(*data)(void *) = function("TfLiteTensorData");
  size_t (*bytes)(void *) = function("TfLiteTensorByteSize");
  int (*invoke)(void *) = function("TfLiteInterpreterInvoke");
  void *options = options_create();
  set_threads(options, 1);
  void *interpreter = create(model_create(argv[2]), options);
  if (!interpreter || allocate(interpreter)) return 1;
  memset(data(input(interpreter, 0)), 0, bytes(input(interpreter, 0)));
  int64_t warmup = atoll(argv[3]), runs = atoll(argv[4]);
  for (int64_t i = 0; i < warmup; i++) invoke(interpreter);
  int64_t from = now();
  for (int64_t i = 0; i < runs; i++) invoke(interpreter);
  int64_t inference = now() - from;
  volatile int64_t sink = 0;
  from = now();
  for (int i = 0; i < 1000000; i++) sink += now() - now();
  printf("%.3f %.3f\n", (double)inference / (double)runs, (double)(now() - from) / 1e6);
  return 0;
}
