/* As much of TensorFlow Lite's C API as the runner uses, found by name in a library that is loaded at run time.
   Types and names: tflite/c/c_api.h, tflite/c/c_api_opaque.h, tflite/core/c/common.h, tflite/profiling/telemetry/c/profiler.h
   and tflite/delegates/xnnpack/xnnpack_delegate.h of TensorFlow Lite 2.21. */
#ifndef EDGEBENCH_TFLITE_H
#define EDGEBENCH_TFLITE_H
#include "libc.h"

enum { TYPE_FLOAT32 = 1, TYPE_INT32 = 2, TYPE_UINT8 = 3, TYPE_STRING = 5, TYPE_INT8 = 9 }; /* TfLiteType */
enum { ALLOW_DYNAMIC_TENSORS = 1 };                                                        /* TfLiteDelegateFlags */

struct delegate_builder { /* TfLiteOpaqueDelegateBuilder */
  void *data;
  int (*prepare)(void *context, void *delegate, void *data);
  void *copy_from, *copy_to, *free_handle;
  int64_t flags;
};

struct profiler { /* TfLiteTelemetryProfilerStruct */
  void *data;
  void (*event)(struct profiler *, const char *name, uint64_t status);
  void (*op_event)(struct profiler *, const char *name, int64_t op, int64_t subgraph, uint64_t status);
  void (*settings)(struct profiler *, const char *name, const void *settings);
  uint32_t (*begin)(struct profiler *, const char *name, int64_t op, int64_t subgraph);
  void (*finish)(struct profiler *, uint32_t handle);
  void (*elapsed)(struct profiler *, const char *name, uint64_t microseconds, int64_t op, int64_t subgraph);
};

struct quantization { /* TfLiteQuantizationParams */
  float scale;
  int32_t zero_point;
};

/* Functions that every supported version has. */
#define REQUIRED(X)                                                                                                    \
  X(const char *, Version, (void))                                                                                     \
  X(void *, ModelCreateFromFile, (const char *))                                                                       \
  X(void *, ModelCreate, (const void *, size_t))                                                                       \
  X(void *, InterpreterOptionsCreate, (void))                                                                          \
  X(void, InterpreterOptionsSetNumThreads, (void *, int32_t))                                                          \
  X(void, InterpreterOptionsSetErrorReporter, (void *, void (*)(void *, const char *, va_list), void *))               \
  X(void, InterpreterOptionsAddDelegate, (void *, void *))                                                             \
  X(void *, InterpreterCreate, (const void *, const void *))                                                           \
  X(int, InterpreterAllocateTensors, (void *))                                                                         \
  X(int, InterpreterInvoke, (void *))                                                                                  \
  X(int, InterpreterResetVariableTensors, (void *))                                                                    \
  X(int, InterpreterResizeInputTensor, (void *, int32_t, const int *, int32_t))                                        \
  X(int32_t, InterpreterGetInputTensorCount, (const void *))                                                           \
  X(void *, InterpreterGetInputTensor, (const void *, int32_t))                                                        \
  X(int32_t, InterpreterGetOutputTensorCount, (const void *))                                                          \
  X(const void *, InterpreterGetOutputTensor, (const void *, int32_t))                                                 \
  X(int, TensorType, (const void *))                                                                                   \
  X(const char *, TensorName, (const void *))                                                                          \
  X(int32_t, TensorNumDims, (const void *))                                                                            \
  X(int32_t, TensorDim, (const void *, int32_t))                                                                       \
  X(size_t, TensorByteSize, (const void *))                                                                            \
  X(void *, TensorData, (const void *))                                                                                \
  X(struct quantization, TensorQuantizationParams, (const void *))

/* Functions that came with later versions; null where the library lacks them. */
#define OPTIONAL(X)                                                                                                    \
  X(void *, XNNPackDelegateCreate, (const void *))                                                                     \
  X(const void *, XNNPackDelegateGetOptions, (void *))                                                                 \
  X(void, NnapiDelegateOptionsDefault, (void)) /* cast: its result is a struct */                                     \
  X(void *, NnapiDelegateCreate, (const void *))                                                                       \
  X(void, InterpreterOptionsSetTelemetryProfiler, (void *, struct profiler *))                                         \
  X(int32_t, InterpreterGetSignatureCount, (const void *))                                                             \
  X(const char *, InterpreterGetSignatureKey, (const void *, int32_t))                                                 \
  X(void *, InterpreterGetSignatureRunner, (const void *, const char *))                                               \
  X(size_t, SignatureRunnerGetInputCount, (const void *))                                                              \
  X(const char *, SignatureRunnerGetInputName, (const void *, int32_t))                                                \
  X(int, SignatureRunnerResizeInputTensor, (void *, const char *, const int *, int32_t))                               \
  X(int, SignatureRunnerAllocateTensors, (void *))                                                                     \
  X(void *, SignatureRunnerGetInputTensor, (void *, const char *))                                                     \
  X(int, SignatureRunnerInvoke, (void *))                                                                              \
  X(size_t, SignatureRunnerGetOutputCount, (const void *))                                                             \
  X(const char *, SignatureRunnerGetOutputName, (const void *, int32_t))                                               \
  X(const void *, SignatureRunnerGetOutputTensor, (const void *, const char *))                                        \
  X(void *, OpaqueDelegateCreate, (const struct delegate_builder *))                                                   \
  X(void *, InterpreterGetTensor, (const void *, int))                                                                 \
  X(int, OpaqueContextGetExecutionPlan, (void *, void **))                                                             \
  X(int, OpaqueContextGetNodeAndRegistration, (void *, int, void **, void **))                                         \
  X(size_t, OpaqueContextGetNumTensors, (const void *))                                                                \
  X(const void *, OpaqueContextGetOpaqueTensor, (const void *, int))                                                   \
  X(int, OpaqueContextGetInputs, (const void *, const int **, int *))                                                  \
  X(int, OpaqueContextGetOutputs, (const void *, const int **, int *))                                                 \
  X(int, OpaqueNodeInputs, (const void *, const int **, int *))                                                        \
  X(int, OpaqueNodeOutputs, (const void *, const int **, int *))                                                       \
  X(int, OpaqueTensorType, (const void *))                                                                             \
  X(int, OpaqueTensorIsVariable, (const void *))                                                                       \
  X(size_t, OpaqueTensorByteSize, (const void *))                                                                      \
  X(const void *, OpaqueTensorData, (const void *))                                                                    \
  X(int, OperatorGetBuiltInCode, (const void *))                                                                       \
  X(const char *, OperatorGetCustomName, (const void *))

struct tflite {
#define DECLARE(ret, name, args) ret(*name) args;
  REQUIRED(DECLARE) OPTIONAL(DECLARE)
#undef DECLARE
};

/* The loaded library's functions. */
extern struct tflite tfl;

/* Loads the library or leaves with stage "library". */
void tflite_load(const char *path);
#endif
