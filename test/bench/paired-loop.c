/* paired-loop LIBRARY MODEL DELEGATE PAIRS BLOCK_US: the runner's own measuring code and a plain loop in one process, on one
 * interpreter, so that neither memory nor cores differ; blocks of both take turns (1 2 2 1 ...). On standard output the runner's
 * lines, on the other stream one line for each of the loop's blocks: mean nanoseconds of an inference, timed around all of them
 * together with nothing else in between. At the end, "clock" and the nanoseconds of one pair of clock readings. */
#include "../../runner/src/bench.c"
#include "../../runner/src/delegate.h"

static int64_t monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void *function(void *library, const char *name) {
  void *f = dlsym(library, name);
  if (f) return f;
  fprintf(stderr, "%s is missing\n", name);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  char *words[] = {argv[0], "bench", "--lib", argv[1], "--model", argv[2], "--delegate", argv[3], "--nonce", "paired"};
  struct options o = read_options(10, words);
  tflite_load(o.library);
  const struct session_hooks none = {0};
  struct session s = session_open(&o, &none);
  fill_inputs(&s);
  void *library = dlopen(argv[1], RTLD_NOW);
  /* The same call that the runner makes: by signature where the model has one. */
  int (*invoke)(void *) = function(library, s.runner ? "TfLiteSignatureRunnerInvoke" : "TfLiteInterpreterInvoke");
  void *subject = s.runner ? s.runner : s.interpreter;
  for (int64_t from = monotonic(); monotonic() - from < 300000000;) invoke(subject);
  int64_t from = monotonic(), runs = 0;
  while (monotonic() - from < 100000000) runs += invoke(subject) == 0;
  int64_t block = atoll(argv[5]) * runs / 100000;
  o.min_samples = o.max_samples = block < 8 ? 8 : block;
  for (int pair = 0; pair < atoi(argv[4]); pair++)
    for (int turn = 0; turn < 2; turn++) {
      if ((pair + turn) % 2 == 0) {
        const char *reason;
        measure(&o, &s, monotonic(), &reason);
        out_flush();
        continue;
      }
      from = monotonic();
      for (int64_t i = 0; i < o.min_samples; i++) invoke(subject);
      fprintf(stderr, "%.3f\n", (double)(monotonic() - from) / (double)o.min_samples);
    }
  volatile int64_t sink = 0;
  from = monotonic();
  for (int i = 0; i < 1000000; i++) sink += now_ns() - now_ns();
  fprintf(stderr, "clock %.3f\n", (double)(monotonic() - from) / 1e6);
  leave_ok();
}
