#include "ranges.h"
#include "output.h"

enum { LANES = 32 };

/* Lanes of their own let the compiler use vector registers. What is not finite is counted, and no end of a range. */
static void scan(const float *v, size_t n, float *min, float *max, int64_t *nonfinite) {
  float lo[LANES], hi[LANES];
  uint32_t bad[LANES] = {0};
  const float first_lo = *min, first_hi = *max;
  for (int j = 0; j < LANES; j++) {
    lo[j] = first_lo;
    hi[j] = first_hi;
  }
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    uint32_t bits[LANES];
    memcpy(bits, v + i, sizeof bits);
    for (int j = 0; j < LANES; j++) {
      float x = v[i + (size_t)j];
      int finite = (bits[j] & 0x7f800000u) != 0x7f800000u;
      lo[j] = finite & (x < lo[j]) ? x : lo[j];
      hi[j] = finite & (x > hi[j]) ? x : hi[j];
      bad[j] += !finite;
    }
  }
  for (; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, v + i, sizeof bits);
    int finite = (bits & 0x7f800000u) != 0x7f800000u;
    lo[0] = finite & (v[i] < lo[0]) ? v[i] : lo[0];
    hi[0] = finite & (v[i] > hi[0]) ? v[i] : hi[0];
    bad[0] += !finite;
  }
  for (int j = 0; j < LANES; j++) {
    if (lo[j] < *min) *min = lo[j];
    if (hi[j] > *max) *max = hi[j];
    *nonfinite += bad[j];
  }
}

/* Bins lie on a grid that is the same for everybody: bin number k of width 2^exponent holds [k, k + 1) * 2^exponent. So a
   histogram depends on the values alone, not on the order they come in. */
enum { LEAST_EXPONENT = -40, MOST_BINS = 65536 };
static const double FARTHEST = 1e15; /* bin numbers stay exact */

static double power_of_two(int exponent) {
  double value;
  uint64_t bits = (uint64_t)(exponent + 1023) << 52;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static int64_t floor_of(double x) {
  int64_t whole = (int64_t)x;
  return whole - (x < (double)whole);
}

static int bins_hold(const struct range *r, int exponent, int64_t bins) {
  double inverse = power_of_two(-exponent), low = (double)r->min * inverse, high = (double)r->max * inverse;
  return low > -FARTHEST && high < FARTHEST && floor_of(high) - floor_of(low) < bins;
}

/* Gives the counts their places on the grid of `exponent`, which is never finer than theirs. */
static void move_bins(struct range *r, int exponent, int64_t bins) {
  static int64_t before[MOST_BINS];
  int64_t first = floor_of((double)r->min * power_of_two(-exponent)), old = r->first_bin;
  int by = exponent - r->exponent;
  if (by || first != old) {
    memcpy(before, r->counts, (size_t)bins * sizeof *before);
    memset(r->counts, 0, (size_t)bins * sizeof *before);
    for (int64_t i = 0; i < bins; i++)
      if (before[i]) r->counts[(by < 62 ? (old + i) >> by : -(old + i < 0)) - first] += before[i];
  }
  r->first_bin = first;
  r->exponent = exponent;
}

static void count(struct range *r, const float *v, size_t n, int64_t bins) {
  int exponent = r->counts ? r->exponent : LEAST_EXPONENT;
  if (!r->counts) r->counts = calloc((size_t)bins, sizeof *r->counts);
  if (!r->counts) leave_error("calibrate", "out of memory for histograms");
  while (!bins_hold(r, exponent, bins)) exponent++;
  move_bins(r, exponent, bins);
  const double scale = power_of_two(-exponent);
  const int64_t first = r->first_bin;
  for (size_t i = 0; i < n; i++) r->counts[floor_of((double)v[i] * scale) - first]++;
}

void range_add(struct range *r, const float *values, size_t n, int64_t bins) {
  if (!n) return;
  if (!r->seen) {
    r->min = __builtin_huge_valf();
    r->max = -__builtin_huge_valf();
  }
  int64_t before = r->nonfinite;
  scan(values, n, &r->min, &r->max, &r->nonfinite);
  r->seen += (int64_t)n;
  if (bins > 1 && r->nonfinite == before) count(r, values, n, bins);
}

void range_put(const struct range *r, int subgraph, int tensor, int64_t bins) {
  out_begin("range");
  out_int("subgraph", subgraph);
  out_int("tensor", tensor);
  out_real("min", (double)r->min);
  out_real("max", (double)r->max);
  out_int("nonFinite", r->nonfinite);
  out_end();
  if (!r->counts) return;
  out_begin("histogram");
  out_int("subgraph", subgraph);
  out_int("tensor", tensor);
  double width = power_of_two(r->exponent);
  out_real("min", (double)r->first_bin * width);
  out_real("max", (double)(r->first_bin + bins) * width);
  out_end();
  for (int64_t at = 0; at < bins; at += 512) { /* a line has a bounded length */
    out_begin("counts");
    out_int("subgraph", subgraph);
    out_int("tensor", tensor);
    out_int("from", at);
    out_ints_begin("counts");
    for (int64_t i = at; i < bins && i < at + 512; i++) out_element(r->counts[i]);
    out_ints_end();
    out_end();
  }
}
