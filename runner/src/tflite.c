#include "tflite.h"
#include "output.h"

struct tflite tfl;

void tflite_load(const char *path) {
  void *library = dlopen(path, RTLD_NOW);
  if (!library) leave_error("library", dlerror());
#define LOAD(ret, name, args) *(void **)&tfl.name = dlsym(library, "TfLite" #name);
  REQUIRED(LOAD) OPTIONAL(LOAD)
  /* Before 2.17, operators were called registrations. */
  if (!tfl.OperatorGetBuiltInCode)
    *(void **)&tfl.OperatorGetBuiltInCode = dlsym(library, "TfLiteRegistrationExternalGetBuiltInCode");
  if (!tfl.OperatorGetCustomName)
    *(void **)&tfl.OperatorGetCustomName = dlsym(library, "TfLiteRegistrationExternalGetCustomName");
#define CHECK(ret, name, args)                                                                                         \
  if (!tfl.name) leave_error("library", "the library has no TfLite" #name);
  REQUIRED(CHECK)
}
