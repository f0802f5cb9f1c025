#include "probe.h"

enum { BUILTIN_DELEGATE = 51 }; /* tflite/builtin_ops.h: kTfLiteBuiltinDelegate */

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

static int keep_node(struct probe_subgraph *g, int index, int *kept) {
  void *node, *operation;
  const int *outputs;
  int count;
  if (tfl.OpaqueContextGetNodeAndRegistration(g->context, index, &node, &operation)) return 1;
  if (operation && tfl.OperatorGetBuiltInCode(operation) == BUILTIN_DELEGATE) g->delegated++;
  if (tfl.OpaqueNodeOutputs(node, &outputs, &count)) return 1;
  int *more = realloc(g->outputs, (size_t)(*kept + count + 1) * sizeof(int));
  if (!more) return 1;
  g->outputs = more;
  memcpy(g->outputs + *kept, outputs, (size_t)count * sizeof(int));
  g->nodes[index].outputs_at = *kept;
  g->nodes[index].output_count = count;
  *kept += count;
  return 0;
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
  if (!g->nodes) return 1;
  int kept = 0, failed = 0;
  for (int i = 0; i < plan->size && !failed; i++) failed = keep_node(g, plan->data[i], &kept);
  return failed;
}

void *probe_delegate(struct probe *probe) {
  if (!tfl.OpaqueDelegateCreate || !tfl.OpaqueContextGetExecutionPlan || !tfl.OpaqueContextGetNodeAndRegistration ||
      !tfl.OpaqueContextGetNumTensors || !tfl.OpaqueNodeOutputs || !tfl.OperatorGetBuiltInCode)
    return 0;
  struct delegate_builder builder = {probe, prepare, 0, 0, 0, ALLOW_DYNAMIC_TENSORS};
  return tfl.OpaqueDelegateCreate(&builder);
}

int probe_operators(const struct probe *p) {
  int n = 0;
  for (int i = 0; i < p->count; i++) n += p->subgraphs[i].node_count;
  return n;
}
