#include "options.h"
#include "delegate.h"
#include "output.h"

static const char *value_of(int argc, char **argv, const char *key) {
  for (int i = 2; i + 1 < argc; i += 2)
    if (!strcmp(argv[i], key)) return argv[i + 1];
  return 0;
}

static double number(const char *key, const char *text, double least, double most) {
  char *end;
  double v = strtod(text, &end);
  if (end == text || *end || !(v >= least && v <= most)) {
    char message[160];
    snprintf(message, sizeof message, "%s must be a number from %.15g to %.15g", key, least, most);
    leave_error("arguments", message);
  }
  return v;
}

/* NAME=VALUE; the text is the process's own to change. */
static void add_delegate_option(struct options *o, const char *text) {
  char *equals = (char *)strchr(text, '=');
  if (!equals || equals == text) leave_error("arguments", "--delegate-option takes NAME=VALUE");
  if (o->delegate_options == MOST_DELEGATE_OPTIONS) leave_error("arguments", "too many delegate options");
  *equals = 0;
  o->delegate_names[o->delegate_options] = text;
  o->delegate_values[o->delegate_options++] = equals + 1;
}

static void set(struct options *o, const char *key, const char *v) {
  const double many = 1e9, day_s = 86400;
  if (!strcmp(key, "--lib")) o->library = v;
  else if (!strcmp(key, "--model")) o->model = v;
  else if (!strcmp(key, "--nonce")) o->nonce = v;
  else if (!strcmp(key, "--inputs")) o->inputs = v;
  else if (!strcmp(key, "--outputs")) o->outputs = v;
  else if (!strcmp(key, "--signature")) o->signature = v;
  else if (!strcmp(key, "--delegate") && delegate_kind_of(v) >= 0) o->delegate = delegate_kind_of(v);
  else if (!strcmp(key, "--delegate-lib")) o->delegate_library = v;
  else if (!strcmp(key, "--delegate-option")) add_delegate_option(o, v);
  else if (!strcmp(key, "--threads")) o->threads = (int32_t)number(key, v, 1, 1024);
  else if (!strcmp(key, "--cpus")) o->cpus = strtoull(v, 0, 16);
  else if (!strcmp(key, "--warmup-runs")) o->warmup_runs = (int64_t)number(key, v, 0, many);
  else if (!strcmp(key, "--warmup-seconds")) o->warmup_s = number(key, v, 0, day_s);
  else if (!strcmp(key, "--warmup-within")) o->warmup_within = number(key, v, 0, 1);
  else if (!strcmp(key, "--warmup-cap-seconds")) o->warmup_cap_s = number(key, v, 0, day_s);
  else if (!strcmp(key, "--min-samples")) o->min_samples = (int64_t)number(key, v, 1, many);
  else if (!strcmp(key, "--max-samples")) o->max_samples = (int64_t)number(key, v, 1, many);
  else if (!strcmp(key, "--min-seconds")) o->min_s = number(key, v, 0, day_s);
  else if (!strcmp(key, "--max-seconds")) o->max_s = number(key, v, 0, day_s);
  else if (!strcmp(key, "--state-seconds")) o->state_every_s = number(key, v, 0.05, day_s);
  else if (!strcmp(key, "--bins")) o->bins = (int64_t)number(key, v, 0, 65536);
  else if (!strcmp(key, "--kernels") && !strcmp(v, "builtin")) o->all_kernels = 1;
  else {
    char message[160];
    snprintf(message, sizeof message, "unknown option %.60s %.60s", key, v);
    leave_error("arguments", message);
  }
}

struct options read_options(int argc, char **argv) {
  struct options o;
  memset(&o, 0, sizeof o);
  o.threads = 1;
  o.warmup_runs = 2;
  o.warmup_cap_s = 60;
  o.min_samples = 1;
  o.max_samples = 10000000;
  o.max_s = 600;
  o.state_every_s = 1;
  const char *nonce = value_of(argc, argv, "--nonce");
  out_open(nonce ? nonce : "0");
  if (argc < 2) leave_error("arguments", "the first argument is the mode");
  o.mode = argv[1];
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 >= argc) leave_error("arguments", "an option has no value");
    set(&o, argv[i], argv[i + 1]);
  }
  if (!o.library) leave_error("arguments", "--lib is needed");
  return o;
}
