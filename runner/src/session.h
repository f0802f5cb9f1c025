/* One model in one interpreter, by signature or by the order of the primary subgraph's tensors. */
#ifndef EDGEBENCH_SESSION_H
#define EDGEBENCH_SESSION_H
#include "options.h"
#include "tflite.h"

struct session {
  void *model, *interpreter, *runner; /* runner: null when the model has no signature */
  int64_t model_ns, interpreter_ns, allocate_ns;
  int input_count, output_count;
};

struct session_hooks {
  struct profiler *profiler;        /* or null */
  void *first_delegate;             /* added before the one that was asked for, or null */
  void *last_delegate;              /* added after it, or null */
  const void *model_bytes;          /* or null: from the file */
  size_t model_size;
};

/* Loads the model and makes the interpreter; leaves with stage "model", "delegate", "interpreter", "signature" or "allocate". */
struct session session_open(const struct options *, const struct session_hooks *);
const char *session_input_name(const struct session *, int i);
void *session_input(const struct session *, int i);
const char *session_output_name(const struct session *, int i);
const void *session_output(const struct session *, int i);
/* Sets an input's shape; takes effect with session_allocate. 0 when done. */
int session_resize(const struct session *, int i, const int *dims, int rank);
int session_allocate(const struct session *);
int session_invoke(const struct session *);
/* The runtime's last error message, or an empty text. */
const char *session_error(void);
/* A "tensor" line for each input ("in") or each output ("out"). */
void session_describe(const struct session *, const char *direction);
#endif
