/* External-delegate plug-in that turns on XNNPACK, which tfjs-tflite-node's TFLite 2.9 carries but never applies.
 * Options: num_threads; qs8, qu8 ("0" leaves signed or unsigned int8 operators to TFLite's own kernels).
 * Interface: tensorflow/lite/delegates/external/external_delegate_interface.h; options and flags of 2.9:
 * tensorflow/lite/delegates/xnnpack/xnnpack_delegate.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct TfLiteDelegate TfLiteDelegate;

enum { FLAG_QS8 = 1, FLAG_QU8 = 2 };

/* Later fields of the structure are zero. */
typedef struct {
  int32_t num_threads;
  uint32_t flags;
  char later[120];
} Options;

TfLiteDelegate *TfLiteXNNPackDelegateCreate(const void *options);
void TfLiteXNNPackDelegateDelete(TfLiteDelegate *delegate);

static void set_flag(Options *options, uint32_t flag, const char *value) {
  options->flags = strcmp(value, "0") == 0 ? options->flags & ~flag : options->flags | flag;
}

__attribute__((visibility("default"))) TfLiteDelegate *tflite_plugin_create_delegate(
    char **keys, char **values, size_t count, void (*report_error)(const char *)) {
  Options options;
  (void)report_error;
  memset(&options, 0, sizeof options);
  options.num_threads = 1;
  options.flags = FLAG_QS8 | FLAG_QU8;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(keys[i], "num_threads") == 0) options.num_threads = atoi(values[i]);
    if (strcmp(keys[i], "qs8") == 0) set_flag(&options, FLAG_QS8, values[i]);
    if (strcmp(keys[i], "qu8") == 0) set_flag(&options, FLAG_QU8, values[i]);
  }
  return TfLiteXNNPackDelegateCreate(&options);
}

__attribute__((visibility("default"))) void tflite_plugin_destroy_delegate(TfLiteDelegate *delegate) {
  TfLiteXNNPackDelegateDelete(delegate);
}
