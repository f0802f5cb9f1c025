/* edgebench-runner: runs and measures one TensorFlow Lite model, on a device or on this computer. */
#include "delegate.h"
#include "modes.h"
#include "output.h"
#include "system.h"
#include "tflite.h"

int main(int argc, char **argv) {
  struct options o = read_options(argc, argv);
  out_begin("start");
  out_text("mode", o.mode);
  out_text("abi", abi_name());
  out_int("pid", getpid());
  out_int("threads", o.threads);
  out_text("delegate", delegate_name(o.delegate));
  out_end();
  out_flush();
  if (o.cpus) {
    int failed = bind_to_cpus(o.cpus);
    if (failed) leave_error("cpus", strerror(failed));
  }
  int64_t before = now_ns();
  tflite_load(o.library);
  out_begin("library");
  out_text("version", tfl.Version());
  out_int("ns", now_ns() - before);
  out_end();
  out_flush();
  if (!strcmp(o.mode, "probe")) leave_ok(); /* it starts, and its library loads */
  if (!o.model) leave_error("arguments", "--model is needed");
  if (!strcmp(o.mode, "bench")) mode_bench(&o);
  if (!strcmp(o.mode, "memory")) mode_memory(&o);
  if (!strcmp(o.mode, "profile")) mode_profile(&o);
  if (!strcmp(o.mode, "run")) mode_run(&o);
  if (!strcmp(o.mode, "calibrate")) mode_calibrate(&o);
  leave_error("arguments", "the first argument is probe, bench, memory, profile, run or calibrate");
}
