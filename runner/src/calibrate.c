/* Ranges of a float model's tensors, in one of two ways.
   A model with one subgraph runs on XNNPACK with every activation made an output, and all are read after each sample.
   Any other (loops, branches) runs on the built-in kernels, and each operator's outputs are read the moment it ends,
   before the memory planner gives their place to another tensor. */
#include "delegate.h"
#include "extend.h"
#include "modes.h"
#include "output.h"
#include "probe.h"
#include "ranges.h"
#include "stream.h"
#include "system.h"

static int64_t bins;
static struct range *ranges[MAX_SUBGRAPHS];

/* ---- operator by operator */

enum { MAX_DEPTH = 256 };
static struct probe graph;
static struct {
  int64_t subgraph, op;
} stack[MAX_DEPTH];
static uint32_t depth;

static void add_tensor(int subgraph, int tensor) {
  struct probe_subgraph *g = &graph.subgraphs[subgraph];
  if (tensor < 0 || tensor >= g->tensor_count) return;
  const void *t = tfl.OpaqueContextGetOpaqueTensor(g->context, tensor);
  if (!t || tfl.OpaqueTensorType(t) != TYPE_FLOAT32) return;
  const float *data = tfl.OpaqueTensorData(t);
  if (data) range_add(&ranges[subgraph][tensor], data, tfl.OpaqueTensorByteSize(t) / sizeof(float), bins);
}

static uint32_t on_begin(struct profiler *p, const char *name, int64_t op, int64_t subgraph) {
  (void)p, (void)name;
  if (depth == MAX_DEPTH) leave_error("calibrate", "operators are nested too deeply");
  stack[depth].subgraph = subgraph;
  stack[depth].op = op;
  const int *inputs;
  int count;
  if (subgraph >= 0 && subgraph < graph.count && graph.subgraphs[subgraph].first_node == op &&
      !tfl.OpaqueContextGetInputs(graph.subgraphs[subgraph].context, &inputs, &count))
    for (int i = 0; i < count; i++) add_tensor((int)subgraph, inputs[i]);
  return depth++;
}

static void on_finish(struct profiler *p, uint32_t handle) {
  (void)p;
  if (handle >= depth) return;
  depth = handle;
  int64_t subgraph = stack[handle].subgraph, op = stack[handle].op;
  if (subgraph < 0 || subgraph >= graph.count || op < 0 || op >= graph.subgraphs[subgraph].last_index) return;
  const struct probe_subgraph *g = &graph.subgraphs[subgraph];
  const struct probe_node *node = &g->nodes[op];
  for (int i = 0; i < node->output_count; i++) add_tensor((int)subgraph, g->outputs[node->outputs_at + i]);
}

static void on_elapsed(struct profiler *p, const char *name, uint64_t microseconds, int64_t op, int64_t subgraph) {
  (void)p, (void)name, (void)microseconds, (void)op, (void)subgraph;
}
static void on_event(struct profiler *p, const char *name, uint64_t status) { (void)p, (void)name, (void)status; }
static void on_op_event(struct profiler *p, const char *name, int64_t op, int64_t subgraph, uint64_t status) {
  (void)p, (void)name, (void)op, (void)subgraph, (void)status;
}
static void on_settings(struct profiler *p, const char *name, const void *settings) {
  (void)p, (void)name, (void)settings;
}

static struct session open_by_operator(const struct options *o) {
  static struct profiler profiler = {0, on_event, on_op_event, on_settings, on_begin, on_finish, on_elapsed};
  struct session_hooks hooks = {&profiler, probe_delegate(&graph), 0, 0, 0};
  struct options builtin = *o;
  if (!hooks.first_delegate || !tfl.InterpreterOptionsSetTelemetryProfiler || !tfl.OpaqueContextGetOpaqueTensor ||
      !tfl.OpaqueContextGetInputs || !tfl.OpaqueTensorData)
    leave_error("calibrate", "this TensorFlow Lite library does not let operators be watched");
  builtin.delegate = DELEGATE_NONE;
  struct session s = session_open(&builtin, &hooks);
  for (int i = 0; i < graph.count; i++) {
    ranges[i] = calloc((size_t)graph.subgraphs[i].tensor_count + 1, sizeof(struct range));
    if (!ranges[i]) leave_error("calibrate", "out of memory");
  }
  return s;
}

/* ---- all at once */

static struct extended wide;

static struct session open_extended(const struct options *o) {
  struct session_hooks hooks = {0, 0, 0, wide.bytes, wide.size};
  int most = 0;
  for (int i = 0; i < wide.count; i++)
    if (wide.tensors[i] > most) most = wide.tensors[i];
  ranges[0] = calloc((size_t)most + 2, sizeof(struct range));
  if (!ranges[0]) leave_error("calibrate", "out of memory");
  return session_open(o, &hooks);
}

static void read_activations(const struct session *s) {
  for (int i = 0; i < wide.count; i++) {
    const void *t = tfl.InterpreterGetTensor(s->interpreter, wide.tensors[i]);
    const float *data = t ? tfl.TensorData(t) : 0;
    if (data) range_add(&ranges[0][wide.tensors[i]], data, tfl.TensorByteSize(t) / sizeof(float), bins);
  }
}

/* ---- both */

static void put_ranges(int subgraph, int tensors) {
  for (int i = 0; i < tensors; i++)
    if (ranges[subgraph][i].seen) range_put(&ranges[subgraph][i], subgraph, i, bins);
}

static void put_all_ranges(void) {
  if (wide.bytes) {
    for (int i = 0; i < wide.count; i++)
      if (ranges[0][wide.tensors[i]].seen) range_put(&ranges[0][wide.tensors[i]], 0, wide.tensors[i], bins);
  } else {
    for (int g = 0; g < graph.count; g++) put_ranges(g, graph.subgraphs[g].tensor_count);
  }
}

void mode_calibrate(const struct options *o) {
  if (!o->inputs) leave_error("arguments", "--inputs is needed");
  bins = o->bins & ~(int64_t)1; /* an even number, so that two bins become one */
  if (!o->all_kernels && tfl.InterpreterGetTensor) wide = extend_outputs(o->model);
  struct session s = wide.bytes ? open_extended(o) : open_by_operator(o);
  session_describe(&s, "in");
  out_flush();
  int in = stream_open_read(o->inputs);
  int64_t samples = 0, shown = now_ns();
  while (stream_read_inputs(in, &s)) {
    tfl.InterpreterResetVariableTensors(s.interpreter);
    depth = 0;
    if (session_invoke(&s)) leave_error("invoke", session_error());
    if (wide.bytes) read_activations(&s);
    samples++;
    if (now_ns() - shown > SECOND_NS / 5) {
      out_begin("progress");
      out_int("done", samples);
      out_end();
      out_flush();
      shown = now_ns();
    }
    if (!s.input_count) break;
  }
  put_all_ranges();
  leave_counted("ok", samples, wide.bytes ? "all outputs at once" : "operator by operator");
}
