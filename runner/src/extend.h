/* A copy of a model file in memory in which every float activation is an output of the graph, so that a delegate which
   runs many operators as one still leaves each of them readable. */
#ifndef EDGEBENCH_EXTEND_H
#define EDGEBENCH_EXTEND_H
#include "libc.h"

struct extended {
  void *bytes; /* null: the model is not of the kind that can be extended */
  size_t size;
  int *tensors; /* the activations and the graph's inputs, by tensor index */
  int count;
};

/* Only for models with one subgraph; any other gives null bytes. Leaves with stage "model" when the file cannot be read. */
struct extended extend_outputs(const char *path);
#endif
