/* A look into the interpreter's graph: a delegate that takes nothing, but sees every subgraph's nodes and tensors. */
#ifndef EDGEBENCH_PROBE_H
#define EDGEBENCH_PROBE_H
#include "tflite.h"

enum { MAX_SUBGRAPHS = 256 };

struct probe_node {
  int outputs_at, output_count; /* into `outputs` */
};

struct probe_subgraph {
  void *context;
  int tensor_count;
  int node_count, delegated; /* nodes in the execution plan, and how many of them are a delegate's */
  int first_node;            /* index of the first node to run, -1: none */
  int last_index;            /* number of entries of `nodes` */
  struct probe_node *nodes;  /* by node index */
  int *outputs;
};

struct probe {
  int count;
  struct probe_subgraph subgraphs[MAX_SUBGRAPHS];
};

/* A delegate that fills `probe` when it is applied; null where the library cannot. Add it first to see the model's own
   operators, last to see what another delegate left. */
void *probe_delegate(struct probe *probe);
/* Operators of a graph before and after delegation: how many of them a delegate runs. */
int probe_operators(const struct probe *);
#endif
