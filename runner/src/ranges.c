#include "ranges.h"
#include "output.h"

enum { LANES = 32 };

/* Lanes of their own let the compiler use vector registers; a comparison with NaN is false, so NaN never gets in. */
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
      lo[j] = x < lo[j] ? x : lo[j];
      hi[j] = x > hi[j] ? x : hi[j];
      bad[j] += (bits[j] & 0x7f800000u) == 0x7f800000u;
    }
  }
  for (; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, v + i, sizeof bits);
    lo[0] = v[i] < lo[0] ? v[i] : lo[0];
    hi[0] = v[i] > hi[0] ? v[i] : hi[0];
    bad[0] += (bits & 0x7f800000u) == 0x7f800000u;
  }
  for (int j = 0; j < LANES; j++) {
    if (lo[j] < *min) *min = lo[j];
    if (hi[j] > *max) *max = hi[j];
    *nonfinite += bad[j];
  }
}

/* Doubles the bins' width, keeping the lower or the upper edge. */
static void widen(struct range *r, int64_t bins, int downwards) {
  int64_t half = bins / 2;
  if (downwards) {
    for (int64_t i = bins - 1; i >= 0; i--) {
      int64_t from = 2 * (i - half);
      r->counts[i] = from >= 0 ? r->counts[from] + r->counts[from + 1] : 0;
    }
    r->bin_min -= r->bin_width * (double)bins;
  } else {
    for (int64_t i = 0; i < bins; i++) {
      int64_t from = 2 * i;
      r->counts[i] = from < bins ? r->counts[from] + r->counts[from + 1] : 0;
    }
  }
  r->bin_width *= 2;
}

static void count(struct range *r, const float *v, size_t n, int64_t bins) {
  if (!r->counts) {
    double span = (double)r->max - (double)r->min;
    r->counts = calloc((size_t)bins, sizeof *r->counts);
    if (!r->counts) leave_error("calibrate", "out of memory for histograms");
    r->bin_min = r->min;
    r->bin_width = (span > 1e-6 ? span : 1e-6) / (double)bins * 1.0000001;
  }
  while ((double)r->min < r->bin_min) widen(r, bins, 1);
  while ((double)r->max >= r->bin_min + r->bin_width * (double)bins) widen(r, bins, 0);
  const double scale = 1 / r->bin_width, origin = r->bin_min;
  for (size_t i = 0; i < n; i++) {
    int64_t bin = (int64_t)(((double)v[i] - origin) * scale);
    r->counts[bin < 0 ? 0 : bin >= bins ? bins - 1 : bin]++;
  }
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
  out_real("min", r->bin_min);
  out_real("max", r->bin_min + r->bin_width * (double)bins);
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
