#include "session.h"
#include "delegate.h"
#include "output.h"
#include "system.h"

static char last_error[1024];

/* Keeps all messages of one failure: the first tells the cause, the last only where it was noticed. */
static void on_error(void *user, const char *format, va_list args) {
  size_t used = strlen(last_error), room = sizeof last_error - used;
  (void)user;
  if (room < 80) return;
  if (used) {
    last_error[used++] = ' ';
    room--;
  }
  vsnprintf(last_error + used, room, format, args);
}

const char *session_error(void) { return last_error; }

static const char *error_or(const char *otherwise) { return last_error[0] ? last_error : otherwise; }

/* The signature asked for, else the model's first; a model without any is run by the order of its tensors. */
static void use_signature(struct session *s, const char *key) {
  int able = tfl.InterpreterGetSignatureRunner && tfl.InterpreterGetSignatureCount && tfl.SignatureRunnerInvoke;
  if (!able && key) leave_error("signature", "this library cannot run signatures");
  if (!able || (!key && tfl.InterpreterGetSignatureCount(s->interpreter) < 1)) return;
  s->runner = tfl.InterpreterGetSignatureRunner(s->interpreter, key ? key : tfl.InterpreterGetSignatureKey(s->interpreter, 0));
  if (!s->runner) leave_error("signature", "the model has no signature of that name");
  s->input_count = (int)tfl.SignatureRunnerGetInputCount(s->runner);
  s->output_count = (int)tfl.SignatureRunnerGetOutputCount(s->runner);
}

struct session session_open(const struct options *o, const struct session_hooks *hooks) {
  struct session s;
  memset(&s, 0, sizeof s);
  int64_t start = now_ns();
  s.model = hooks->model_bytes ? tfl.ModelCreate(hooks->model_bytes, hooks->model_size)
                               : tfl.ModelCreateFromFile(o->model);
  if (!s.model) leave_error("model", "not a readable TensorFlow Lite model");
  int64_t loaded = now_ns();
  void *options = tfl.InterpreterOptionsCreate();
  tfl.InterpreterOptionsSetNumThreads(options, o->threads);
  tfl.InterpreterOptionsSetErrorReporter(options, on_error, 0);
  if (hooks->profiler) tfl.InterpreterOptionsSetTelemetryProfiler(options, hooks->profiler);
  if (hooks->first_delegate) tfl.InterpreterOptionsAddDelegate(options, hooks->first_delegate);
  void *delegate = delegate_make(o);
  if (delegate) tfl.InterpreterOptionsAddDelegate(options, delegate);
  if (hooks->last_delegate) tfl.InterpreterOptionsAddDelegate(options, hooks->last_delegate);
  s.interpreter = tfl.InterpreterCreate(s.model, options);
  if (!s.interpreter) leave_error("interpreter", error_or("the model cannot be interpreted"));
  s.input_count = tfl.InterpreterGetInputTensorCount(s.interpreter);
  s.output_count = tfl.InterpreterGetOutputTensorCount(s.interpreter);
  use_signature(&s, o->signature);
  int64_t made = now_ns();
  if (session_allocate(&s)) leave_error("allocate", error_or("tensors cannot be allocated"));
  s.allocate_ns = now_ns() - made;
  s.interpreter_ns = made - loaded;
  s.model_ns = loaded - start;
  return s;
}

const char *session_input_name(const struct session *s, int i) {
  return s->runner ? tfl.SignatureRunnerGetInputName(s->runner, i)
                   : tfl.TensorName(tfl.InterpreterGetInputTensor(s->interpreter, i));
}

void *session_input(const struct session *s, int i) {
  return s->runner ? tfl.SignatureRunnerGetInputTensor(s->runner, session_input_name(s, i))
                   : tfl.InterpreterGetInputTensor(s->interpreter, i);
}

const char *session_output_name(const struct session *s, int i) {
  return s->runner ? tfl.SignatureRunnerGetOutputName(s->runner, i)
                   : tfl.TensorName(tfl.InterpreterGetOutputTensor(s->interpreter, i));
}

const void *session_output(const struct session *s, int i) {
  return s->runner ? tfl.SignatureRunnerGetOutputTensor(s->runner, session_output_name(s, i))
                   : tfl.InterpreterGetOutputTensor(s->interpreter, i);
}

int session_resize(const struct session *s, int i, const int *dims, int rank) {
  return s->runner ? tfl.SignatureRunnerResizeInputTensor(s->runner, session_input_name(s, i), dims, rank)
                   : tfl.InterpreterResizeInputTensor(s->interpreter, i, dims, rank);
}

int session_allocate(const struct session *s) {
  return s->runner ? tfl.SignatureRunnerAllocateTensors(s->runner) : tfl.InterpreterAllocateTensors(s->interpreter);
}

int session_invoke(const struct session *s) {
  return s->runner ? tfl.SignatureRunnerInvoke(s->runner) : tfl.InterpreterInvoke(s->interpreter);
}

void session_describe(const struct session *s, const char *direction) {
  int in = direction[0] == 'i', count = in ? s->input_count : s->output_count;
  for (int i = 0; i < count; i++) {
    const void *t = in ? session_input(s, i) : session_output(s, i);
    struct quantization q = tfl.TensorQuantizationParams(t);
    out_begin("tensor");
    out_text("io", direction);
    out_int("index", i);
    out_text("name", in ? session_input_name(s, i) : session_output_name(s, i));
    out_int("type", tfl.TensorType(t));
    out_int("bytes", (int64_t)tfl.TensorByteSize(t));
    out_ints_begin("dims");
    for (int d = 0; d < tfl.TensorNumDims(t); d++) out_element(tfl.TensorDim(t, d));
    out_ints_end();
    out_real("scale", (double)q.scale);
    out_int("zeroPoint", q.zero_point);
    out_end();
  }
}
