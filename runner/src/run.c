#include "modes.h"
#include "output.h"
#include "stream.h"
#include "system.h"

void mode_run(const struct options *o) {
  const struct session_hooks none = {0};
  if (!o->inputs || !o->outputs) leave_error("arguments", "--inputs and --outputs are needed");
  struct session s = session_open(o, &none);
  session_describe(&s, "in");
  session_describe(&s, "out");
  out_flush();
  int in = stream_open_read(o->inputs), out = stream_open_write(o->outputs);
  int64_t samples = 0, shown = now_ns();
  while (stream_read_inputs(in, &s)) {
    tfl.InterpreterResetVariableTensors(s.interpreter);
    if (session_invoke(&s)) leave_error("invoke", session_error());
    stream_write_outputs(out, &s);
    samples++;
    if (now_ns() - shown > SECOND_NS / 5) {
      out_begin("progress");
      out_int("done", samples);
      out_end();
      out_flush();
      shown = now_ns();
    }
    if (!s.input_count) break; /* nothing to tell one sample from the next */
  }
  leave_counted("ok", samples, "end of the input");
}
