/* The delegate that was asked for, from the TensorFlow Lite library itself or from a library of its own. */
#ifndef EDGEBENCH_DELEGATE_H
#define EDGEBENCH_DELEGATE_H
#include "options.h"

enum delegate_kind { DELEGATE_NONE, DELEGATE_XNNPACK, DELEGATE_NNAPI, DELEGATE_GPU, DELEGATE_EXTERNAL };

/* Its number, or -1 for a name that is none. */
int delegate_kind_of(const char *name);
const char *delegate_name(int kind);
/* Null for DELEGATE_NONE; leaves with stage "delegate" when it cannot be had. What it takes is for the probe to say. */
void *delegate_make(const struct options *);
#endif
