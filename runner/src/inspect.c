#include "modes.h"
#include "output.h"
#include "probe.h"
#include "stream.h"
#include "system.h"

enum { STEADY_RUNS = 20, PROFILE_RUNS = 20, MAX_ROWS = 16384, MAX_DEPTH = 64 };

static void put_memory(const char *phase) {
  struct memory m = memory_now();
  out_begin("memory");
  out_text("phase", phase);
  out_int("rssKb", m.rss_kb);
  out_int("peakKb", m.peak_kb);
  out_int("anonKb", m.anon_kb);
  out_end();
}

static void give_inputs(const struct options *o, const struct session *s) {
  if (!o->inputs) fill_inputs(s);
  else if (!stream_read_inputs(stream_open_read(o->inputs), s)) leave_error("input", "the tensor stream is empty");
}

static void invoke(const struct session *s) {
  if (session_invoke(s)) leave_error("invoke", session_error());
}

void mode_memory(const struct options *o) {
  const struct session_hooks none = {0};
  put_memory("library"); /* the runtime itself, before the model */
  struct session s = session_open(o, &none);
  put_memory("load");
  give_inputs(o, &s);
  invoke(&s);
  put_memory("first");
  for (int i = 0; i < STEADY_RUNS; i++) invoke(&s);
  put_memory("steady");
  leave_ok();
}

/* One row for each operator that was seen, found by its place; `inner` operators run inside a delegate's. */
struct row {
  int64_t subgraph, op, runs, ns;
  int inner;
  char name[96];
};

static struct row rows[MAX_ROWS];
static int row_count;
static struct {
  struct row *row;
  int64_t start;
} stack[MAX_DEPTH];
static int depth;

static struct row *row_for(const char *name, int64_t op, int64_t subgraph, int inner) {
  static int guess; /* operators come in the same order every time */
  for (int k = 0; k < row_count; k++) {
    struct row *r = &rows[(guess + k) % row_count];
    if (r->op == op && r->subgraph == subgraph && r->inner == inner && !strncmp(r->name, name, sizeof r->name - 1)) {
      guess = (int)(r - rows) + 1;
      return r;
    }
  }
  if (row_count == MAX_ROWS) return 0;
  struct row *r = &rows[row_count++];
  *r = (struct row){subgraph, op, 0, 0, inner, ""};
  snprintf(r->name, sizeof r->name, "%s", name);
  return r;
}

static uint32_t on_begin(struct profiler *p, const char *name, int64_t op, int64_t subgraph) {
  (void)p;
  if (depth == MAX_DEPTH) return MAX_DEPTH;
  stack[depth].row = row_for(name, op, subgraph, 0);
  stack[depth].start = now_ns();
  return (uint32_t)depth++;
}

static void on_finish(struct profiler *p, uint32_t handle) {
  int64_t end = now_ns();
  (void)p;
  if (handle >= MAX_DEPTH || (int)handle >= depth) return;
  depth = (int)handle;
  if (!stack[handle].row) return;
  stack[handle].row->ns += end - stack[handle].start;
  stack[handle].row->runs++;
}

static void on_elapsed(struct profiler *p, const char *name, uint64_t microseconds, int64_t op, int64_t subgraph) {
  (void)p;
  struct row *r = row_for(name, op, subgraph, 1);
  if (!r) return;
  r->ns += (int64_t)microseconds * 1000;
  r->runs++;
}

static void on_event(struct profiler *p, const char *name, uint64_t status) { (void)p, (void)name, (void)status; }
static void on_op_event(struct profiler *p, const char *name, int64_t op, int64_t subgraph, uint64_t status) {
  (void)p, (void)name, (void)op, (void)subgraph, (void)status;
}
static void on_settings(struct profiler *p, const char *name, const void *settings) {
  (void)p, (void)name, (void)settings;
}

static void put_coverage(const struct probe *before, const struct probe *after) {
  int total = probe_operators(before), left = probe_operators(after), delegates = 0;
  for (int i = 0; i < after->count; i++) delegates += after->subgraphs[i].delegated;
  out_begin("coverage");
  out_int("operators", total);
  out_int("delegated", total - (left - delegates));
  out_int("partitions", delegates);
  out_end();
}

static void put_row(const struct row *r) {
  out_begin("operator");
  out_int("subgraph", r->subgraph);
  out_int("op", r->op);
  out_text("name", r->name);
  out_int("inner", r->inner);
  out_int("runs", r->runs);
  out_int("ns", r->ns);
  out_end();
}

void mode_profile(const struct options *o) {
  static struct probe before, after;
  static struct profiler profiler = {0, on_event, on_op_event, on_settings, on_begin, on_finish, on_elapsed};
  struct session_hooks hooks = {tfl.InterpreterOptionsSetTelemetryProfiler ? &profiler : 0, probe_delegate(&before),
                                probe_delegate(&after), 0, 0};
  struct session s = session_open(o, &hooks);
  if (hooks.first_delegate) put_coverage(&before, &after);
  give_inputs(o, &s);
  invoke(&s);
  for (int i = 0; i < row_count; i++) rows[i].ns = rows[i].runs = 0; /* the first run is not like the others */
  depth = 0;
  for (int i = 0; i < PROFILE_RUNS; i++) invoke(&s);
  for (int i = 0; i < row_count; i++) put_row(&rows[i]);
  leave_counted("ok", PROFILE_RUNS, hooks.profiler ? "profiled" : "this library cannot profile");
}
