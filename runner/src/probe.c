#include "probe.h"

enum { BUILTIN_DELEGATE = 51, BUILTIN_WHILE = 119 }; /* tflite/builtin_ops.h */

struct int_array { /* TfLiteIntArray */
  int size;
  int data[];
};

static int highest(const struct int_array *plan) {
  int most = -1;
  for (int i = 0; i < plan->size; i++)
    if (plan->data[i] > most) most = plan->data[i];
  return most;
}

static void mark(const struct probe_subgraph *g, char *used, const int *tensors, int count) {
  for (int i = 0; i < count; i++)
    if (tensors[i] >= 0 && tensors[i] < g->tensor_count) used[tensors[i]] = 1;
}

/* Marks the tensors that some operator or the graph's caller reads. */
static int mark_used(const struct probe_subgraph *g, const struct int_array *plan, char *used) {
  const int *tensors;
  int count;
  if (tfl.OpaqueContextGetOutputs(g->context, &tensors, &count)) return 1;
  mark(g, used, tensors, count);
  for (int i = 0; i < plan->size; i++) {
    void *node, *operation;
    if (tfl.OpaqueContextGetNodeAndRegistration(g->context, plan->data[i], &node, &operation)) return 1;
    if (tfl.OpaqueNodeInputs(node, &tensors, &count)) return 1;
    mark(g, used, tensors, count);
  }
  return 0;
}

/* What a fused kernel keeps from step to step (the cell of an LSTM) is read like an output. */
static int keep_variables(struct probe_subgraph *g, int index, void *node, int *kept) {
  const int *inputs;
  int count;
  if (!tfl.OpaqueTensorIsVariable || !tfl.OpaqueContextGetOpaqueTensor) return 0;
  if (tfl.OpaqueNodeInputs(node, &inputs, &count)) return 1;
  int *more = realloc(g->outputs, (size_t)(*kept + count + 1) * sizeof(int));
  if (!more) return 1;
  g->outputs = more;
  for (int i = 0; i < count; i++) {
    const void *t = inputs[i] < 0 ? 0 : tfl.OpaqueContextGetOpaqueTensor(g->context, inputs[i]);
    if (!t || !tfl.OpaqueTensorIsVariable(t)) continue;
    g->outputs[(*kept)++] = inputs[i];
    g->nodes[index].output_count++;
  }
  return 0;
}

static int keep_node(struct probe_subgraph *g, int index, const char *used, int *kept) {
  void *node, *operation;
  const int *outputs;
  int count;
  if (tfl.OpaqueContextGetNodeAndRegistration(g->context, index, &node, &operation)) return 1;
  int code = operation ? tfl.OperatorGetBuiltInCode(operation) : -1;
  if (code == BUILTIN_DELEGATE) g->delegated++;
  if (tfl.OpaqueNodeOutputs(node, &outputs, &count)) return 1;
  int *more = realloc(g->outputs, (size_t)(*kept + count + 1) * sizeof(int));
  if (!more) return 1;
  g->outputs = more;
  g->nodes[index].outputs_at = *kept;
  for (int i = 0; i < count; i++) {
    int tensor = outputs[i];
    /* A loop leaves results that nobody reads as they are: whatever was in that memory. */
    if (code == BUILTIN_WHILE && tensor >= 0 && tensor < g->tensor_count && !used[tensor]) continue;
    g->outputs[(*kept)++] = tensor;
    g->nodes[index].output_count++;
  }
  return keep_variables(g, index, node, kept);
}

static int prepare(void *context, void *delegate, void *data) {
  struct probe *p = data;
  struct int_array *plan;
  (void)delegate;
  if (p->count >= MAX_SUBGRAPHS) return 1;
  struct probe_subgraph *g = &p->subgraphs[p->count++];
  memset(g, 0, sizeof *g);
  g->context = context;
  if (tfl.OpaqueContextGetExecutionPlan(context, (void **)&plan)) return 1;
  g->tensor_count = (int)tfl.OpaqueContextGetNumTensors(context);
  g->node_count = plan->size;
  g->first_node = plan->size ? plan->data[0] : -1;
  g->last_index = highest(plan) + 1;
  g->nodes = calloc((size_t)g->last_index + 1, sizeof *g->nodes);
  char *used = calloc((size_t)g->tensor_count + 1, 1);
  if (!g->nodes || !used) return 1;
  int kept = 0, failed = mark_used(g, plan, used);
  for (int i = 0; i < plan->size && !failed; i++) failed = keep_node(g, plan->data[i], used, &kept);
  free(used);
  return failed;
}

void *probe_delegate(struct probe *probe) {
  if (!tfl.OpaqueDelegateCreate || !tfl.OpaqueContextGetExecutionPlan || !tfl.OpaqueContextGetNodeAndRegistration ||
      !tfl.OpaqueContextGetNumTensors || !tfl.OpaqueNodeOutputs || !tfl.OpaqueNodeInputs || !tfl.OpaqueContextGetOutputs || !tfl.OperatorGetBuiltInCode)
    return 0;
  struct delegate_builder builder = {probe, prepare, 0, 0, 0, ALLOW_DYNAMIC_TENSORS};
  return tfl.OpaqueDelegateCreate(&builder);
}

int probe_operators(const struct probe *p) {
  int n = 0;
  for (int i = 0; i < p->count; i++) n += p->subgraphs[i].node_count;
  return n;
}
