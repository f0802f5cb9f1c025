#include "delegate.h"
#include "output.h"
#include "tflite.h"

static const char *const names[] = {"none", "xnnpack", "nnapi", "gpu", "external"};
enum { KINDS = sizeof names / sizeof *names };

int delegate_kind_of(const char *name) {
  for (int i = 0; i < KINDS; i++)
    if (!strcmp(names[i], name)) return i;
  return -1;
}

const char *delegate_name(int kind) { return names[kind]; }

/* XNNPACK's options struct has grown over the years; its first field has always been the number of threads. The library's
   own defaults are asked for where it tells them, so that no version's struct is spelt out here. */
static void *make_xnnpack(int32_t threads) {
  union {
    int32_t threads;
    struct {
      int32_t threads;
      uint32_t flags;
    } old;
    char room[512];
  } options;
  if (!tfl.XNNPackDelegateCreate) return 0;
  memset(&options, 0, sizeof options);
  if (tfl.XNNPackDelegateGetOptions) {
    void *standard = tfl.XNNPackDelegateCreate(0);
    const void *defaults = standard ? tfl.XNNPackDelegateGetOptions(standard) : 0;
    if (!defaults) return 0;
    memcpy(&options, defaults, 64);
  } else {
    options.old.flags = 3; /* signed and unsigned 8-bit */
  }
  options.threads = threads;
  return tfl.XNNPackDelegateCreate(&options);
}

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  char message[160];
  if (found) return found;
  snprintf(message, sizeof message, "the delegate's library has no %s", name);
  leave_error("delegate", message);
}

static void *own_library(const struct options *o) {
  if (!o->delegate_library) leave_error("delegate", "--delegate-lib is needed");
  void *library = dlopen(o->delegate_library, RTLD_NOW);
  if (!library) leave_error("delegate", dlerror());
  return library;
}

static void unknown(const char *name) __attribute__((noreturn));
static void unknown(const char *name) {
  char message[160];
  snprintf(message, sizeof message, "the delegate has no option %.80s", name);
  leave_error("delegate", message);
}

static int32_t number_of(const char *value) { return (int32_t)strtol(value, 0, 10); }

/* TfLiteNnapiDelegateOptions (delegates/nnapi/nnapi_delegate_c_api.h). The room is for what later versions append: a struct
   of this size is returned through memory, whatever its size. */
struct nnapi_options {
  int preference;
  const char *accelerator, *cache_dir, *model_token;
  int disallow_cpu, allow_fp16, max_partitions;
  void *support_library;
  char room[256];
};

static void *make_nnapi(const struct options *o) {
  struct nnapi_options (*standard)(void) = (struct nnapi_options(*)(void))tfl.NnapiDelegateOptionsDefault;
  if (!standard || !tfl.NnapiDelegateCreate) leave_error("delegate", "this library has no NNAPI delegate");
  struct nnapi_options options = standard();
  for (int i = 0; i < o->delegate_options; i++) {
    const char *name = o->delegate_names[i], *value = o->delegate_values[i];
    if (!strcmp(name, "accelerator")) options.accelerator = value;
    else if (!strcmp(name, "allow_fp16")) options.allow_fp16 = number_of(value);
    else if (!strcmp(name, "disallow_cpu")) options.disallow_cpu = number_of(value);
    else if (!strcmp(name, "max_partitions")) options.max_partitions = number_of(value);
    else if (!strcmp(name, "preference")) options.preference = number_of(value);
    else unknown(name);
  }
  return tfl.NnapiDelegateCreate(&options);
}

/* TfLiteGpuDelegateOptionsV2 (delegates/gpu/delegate_options.h), with room as above. */
struct gpu_options {
  int32_t precision_loss, preference, priority[3];
  int64_t flags;
  int32_t max_partitions;
  const char *serialization_dir, *model_token;
  char room[256];
};
enum { PRIORITY_AUTO = 0, PRIORITY_MIN_LATENCY = 2, FLAG_QUANT = 1, FLAG_CL = 2, FLAG_GL = 4 };

static void set_gpu(struct gpu_options *options, const char *name, const char *value) {
  if (!strcmp(name, "precision_loss_allowed")) {
    options->precision_loss = number_of(value);
    if (options->precision_loss) {
      options->priority[0] = PRIORITY_MIN_LATENCY;
      options->priority[1] = options->priority[2] = PRIORITY_AUTO;
    }
  } else if (!strcmp(name, "sustained_speed")) options->preference = number_of(value) ? 1 : 0;
  else if (!strcmp(name, "max_partitions")) options->max_partitions = number_of(value);
  else if (!strcmp(name, "quantized")) options->flags = number_of(value) ? options->flags | FLAG_QUANT : options->flags & ~(int64_t)FLAG_QUANT;
  else if (!strcmp(name, "backend") && !strcmp(value, "cl")) options->flags |= FLAG_CL;
  else if (!strcmp(name, "backend") && !strcmp(value, "gl")) options->flags |= FLAG_GL;
  else unknown(name);
}

static void *make_gpu(const struct options *o) {
  void *library = own_library(o);
  struct gpu_options (*standard)(void);
  void *(*create)(const struct gpu_options *);
  *(void **)&standard = symbol(library, "TfLiteGpuDelegateOptionsV2Default");
  *(void **)&create = symbol(library, "TfLiteGpuDelegateV2Create");
  struct gpu_options options = standard();
  for (int i = 0; i < o->delegate_options; i++) set_gpu(&options, o->delegate_names[i], o->delegate_values[i]);
  return create(&options);
}

static void on_plugin_error(const char *message) { leave_error("delegate", message); }

/* The interface of delegates in libraries of their own: delegates/external/external_delegate.cc. */
static void *make_external(const struct options *o) {
  void *(*create)(char **, char **, size_t, void (*)(const char *));
  *(void **)&create = symbol(own_library(o), "tflite_plugin_create_delegate");
  return create((char **)o->delegate_names, (char **)o->delegate_values, (size_t)o->delegate_options, on_plugin_error);
}

void *delegate_make(const struct options *o) {
  char message[96];
  void *delegate = 0;
  if (o->delegate == DELEGATE_NONE) return 0;
  if (o->delegate == DELEGATE_XNNPACK) delegate = make_xnnpack(o->threads);
  else if (o->delegate == DELEGATE_NNAPI) delegate = make_nnapi(o);
  else if (o->delegate == DELEGATE_GPU) delegate = make_gpu(o);
  else delegate = make_external(o);
  if (delegate) return delegate;
  snprintf(message, sizeof message, "this library has no usable %s delegate", names[o->delegate]);
  leave_error("delegate", message);
}
