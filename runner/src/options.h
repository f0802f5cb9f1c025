/* The command line, checked. */
#ifndef EDGEBENCH_OPTIONS_H
#define EDGEBENCH_OPTIONS_H
#include "libc.h"

enum { MOST_DELEGATE_OPTIONS = 64 };

struct options {
  const char *mode, *library, *model, *nonce;
  const char *inputs, *outputs; /* tensor streams; inputs "-" is standard input */
  const char *signature;        /* null: the model's first, if it has any */
  int delegate;                 /* enum delegate_kind */
  const char *delegate_library; /* of delegates that are not in the runtime's library, or null */
  const char *delegate_names[MOST_DELEGATE_OPTIONS], *delegate_values[MOST_DELEGATE_OPTIONS];
  int delegate_options;
  int32_t threads;
  uint64_t cpus; /* bit mask, 0: leave as it is */
  /* bench */
  int64_t warmup_runs, min_samples, max_samples;
  double warmup_s, warmup_cap_s, min_s, max_s, state_every_s;
  double warmup_within; /* 0: no stability rule */
  /* calibrate */
  int64_t bins;
  int all_kernels; /* built-in kernels only, operator by operator */
};

/* Leaves with stage "arguments" when something is wrong; the nonce is set before any line is written. */
struct options read_options(int argc, char **argv);
#endif
