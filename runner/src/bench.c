#include "modes.h"
#include "output.h"
#include "stream.h"
#include "system.h"

enum { BATCH = 128, WINDOWS = 3, WINDOW_RUNS = 5 };

static int64_t timed_invoke(const struct session *s) {
  int64_t a = now_ns();
  if (session_invoke(s)) leave_error("invoke", session_error());
  return now_ns() - a;
}

static void put_init(const struct session *s) {
  out_begin("init");
  out_int("modelNs", s->model_ns);
  out_int("interpreterNs", s->interpreter_ns);
  out_int("allocateNs", s->allocate_ns);
  out_end();
}

/* Inputs from the stream's first sample, or made up; leaves the first inference's outputs in the output stream. */
static void first_inference(const struct options *o, const struct session *s) {
  if (o->inputs) {
    if (!stream_read_inputs(stream_open_read(o->inputs), s)) leave_error("input", "the tensor stream is empty");
  } else {
    fill_inputs(s);
  }
  session_describe(s, "in");
  out_flush();
  int64_t ns = timed_invoke(s);
  out_begin("first");
  out_int("ns", ns);
  out_end();
  session_describe(s, "out");
  if (o->outputs) {
    int fd = stream_open_write(o->outputs);
    stream_write_outputs(fd, s);
    close(fd);
  }
  out_flush();
}

/* Mean of one window of runs that lasts at least half a second. */
static double window_mean(const struct session *s, int64_t *runs) {
  int64_t total = 0, n = 0, from = now_ns();
  while (n < WINDOW_RUNS || now_ns() - from < SECOND_NS / 2) {
    total += timed_invoke(s);
    n++;
  }
  *runs += n;
  return (double)total / (double)n;
}

static int agree(const double *means, double within) {
  double least = means[0], most = means[0];
  for (int i = 1; i < WINDOWS; i++) {
    if (means[i] < least) least = means[i];
    if (means[i] > most) most = means[i];
  }
  return most - least <= within * least;
}

static void warm_up(const struct options *o, const struct session *s) {
  int64_t from = now_ns(), runs = 0, shown = from;
  int stable = o->warmup_within == 0;
  while (runs < o->warmup_runs || now_ns() - from < (int64_t)(o->warmup_s * 1e9)) {
    timed_invoke(s);
    runs++;
    if (now_ns() - shown > SECOND_NS) {
      shown = now_ns();
      out_begin("warming");
      out_int("runs", runs);
      out_end();
      out_flush();
    }
  }
  double means[WINDOWS];
  for (int n = 0; !stable && now_ns() - from < (int64_t)(o->warmup_cap_s * 1e9); n++) {
    means[n % WINDOWS] = window_mean(s, &runs);
    stable = n + 1 >= WINDOWS && agree(means, o->warmup_within);
    out_begin("warming");
    out_int("runs", runs);
    out_end();
    out_flush();
  }
  out_begin("warm");
  out_int("runs", runs);
  out_int("ns", now_ns() - from);
  out_int("stable", stable);
  out_end();
}

static void put_samples(const int64_t *ns, int count, int64_t from) {
  out_begin("samples");
  out_int("from", from);
  out_ints_begin("ns");
  for (int i = 0; i < count; i++) out_element(ns[i]);
  out_ints_end();
  out_end();
}

static int64_t measure(const struct options *o, const struct session *s, int64_t t0, const char **reason) {
  int64_t batch[BATCH], done = 0, begin = now_ns(), last = begin, shown = begin;
  const int64_t every = (int64_t)(o->state_every_s * 1e9);
  int64_t next_state = begin + every;
  int held = 0;
  *reason = 0;
  while (!*reason) {
    batch[held++] = timed_invoke(s);
    done++;
    last = now_ns();
    double elapsed_s = (double)(last - begin) / 1e9;
    if (done >= o->min_samples && elapsed_s >= o->min_s) *reason = "enough samples";
    else if (done >= o->max_samples) *reason = "most samples reached";
    else if (elapsed_s >= o->max_s) *reason = "longest time reached";
    if (held == BATCH || *reason || last - shown > SECOND_NS / 5) {
      put_samples(batch, held, done - held);
      held = 0;
    }
    if (last >= next_state) {
      put_state("measuring", t0);
      next_state = now_ns() + every;
    }
    if (last - shown > SECOND_NS / 5) {
      out_flush();
      shown = now_ns();
    }
  }
  return done;
}

void mode_bench(const struct options *o) {
  const struct session_hooks none = {0};
  int64_t t0 = now_ns();
  put_state("start", t0);
  struct session s = session_open(o, &none);
  put_init(&s);
  first_inference(o, &s);
  warm_up(o, &s);
  put_state("warm", t0);
  out_flush();
  const char *reason;
  int64_t wall = now_ns(), cpu = process_cpu_ns();
  int64_t done = measure(o, &s, t0, &reason);
  wall = now_ns() - wall;
  cpu = process_cpu_ns() - cpu;
  put_state("end", t0);
  out_begin("measured");
  out_int("wallNs", wall);
  out_int("cpuNs", cpu);
  out_end();
  leave_counted("ok", done, reason);
}
