/* Running range of a tensor's values: least, greatest, how many are not finite, and a histogram where one is wanted. */
#ifndef EDGEBENCH_RANGES_H
#define EDGEBENCH_RANGES_H
#include "libc.h"

struct range {
  float min, max;
  int64_t seen, nonfinite;
  /* Equal bins of width 2^exponent from number first_bin on; coarser when a value falls outside, so that none is lost. */
  int64_t first_bin;
  int exponent;
  int64_t *counts;
};

void range_add(struct range *, const float *values, size_t count, int64_t bins);
void range_put(const struct range *, int subgraph, int tensor, int64_t bins);
#endif
