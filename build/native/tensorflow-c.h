/* What tfjs-node's addon calls of TensorFlow's C interface (2.16), declared by hand: names, signatures and
 * numbers only, so that no header has to be downloaded. The interface is stable over TensorFlow 2.x:
 * tensorflow/c/c_api.h, tensorflow/c/eager/c_api.h, tensorflow/c/tf_tstring.h. */
#ifndef EDGEBENCH_TENSORFLOW_C_H
#define EDGEBENCH_TENSORFLOW_C_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { TF_OK = 0 } TF_Code;

typedef enum {
  TF_FLOAT = 1,
  TF_DOUBLE = 2,
  TF_INT32 = 3,
  TF_UINT8 = 4,
  TF_STRING = 7,
  TF_COMPLEX64 = 8,
  TF_INT64 = 9,
  TF_BOOL = 10,
  TF_RESOURCE = 20
} TF_DataType;

typedef enum {
  TF_ATTR_STRING = 0,
  TF_ATTR_INT = 1,
  TF_ATTR_FLOAT = 2,
  TF_ATTR_BOOL = 3,
  TF_ATTR_TYPE = 4,
  TF_ATTR_SHAPE = 5
} TF_AttrType;

typedef struct TF_Status TF_Status;
typedef struct TF_Tensor TF_Tensor;
typedef struct TF_Graph TF_Graph;
typedef struct TF_Operation TF_Operation;
typedef struct TF_Session TF_Session;
typedef struct TF_SessionOptions TF_SessionOptions;
typedef struct TF_DeviceList TF_DeviceList;
typedef struct TFE_ContextOptions TFE_ContextOptions;
typedef struct TFE_Context TFE_Context;
typedef struct TFE_TensorHandle TFE_TensorHandle;
typedef struct TFE_Op TFE_Op;

typedef struct {
  TF_Operation *oper;
  int index;
} TF_Output;

typedef struct {
  const void *data;
  size_t length;
  void (*data_deallocator)(void *data, size_t length);
} TF_Buffer;

/* 24 bytes on 64-bit machines; touched through the functions below only. */
typedef struct {
  void *opaque[3];
} TF_TString;

const char *TF_Version(void);
size_t TF_DataTypeSize(TF_DataType type);

TF_Status *TF_NewStatus(void);
void TF_DeleteStatus(TF_Status *status);
TF_Code TF_GetCode(const TF_Status *status);
const char *TF_Message(const TF_Status *status);

TF_Tensor *TF_NewTensor(TF_DataType type, const int64_t *dims, int rank, void *data, size_t bytes,
                        void (*deallocator)(void *data, size_t bytes, void *arg), void *deallocator_arg);
TF_Tensor *TF_AllocateTensor(TF_DataType type, const int64_t *dims, int rank, size_t bytes);
void TF_DeleteTensor(TF_Tensor *tensor);
TF_DataType TF_TensorType(const TF_Tensor *tensor);
int TF_NumDims(const TF_Tensor *tensor);
int64_t TF_Dim(const TF_Tensor *tensor, int axis);
size_t TF_TensorByteSize(const TF_Tensor *tensor);
void *TF_TensorData(const TF_Tensor *tensor);
int64_t TF_TensorElementCount(const TF_Tensor *tensor);

void TF_StringInit(TF_TString *string);
void TF_StringCopy(TF_TString *to, const char *from, size_t bytes);
const char *TF_StringGetDataPointer(const TF_TString *string);
size_t TF_StringGetSize(const TF_TString *string);
void TF_StringDealloc(TF_TString *string);
#define TF_TString_Init TF_StringInit
#define TF_TString_Copy TF_StringCopy
#define TF_TString_GetDataPointer TF_StringGetDataPointer
#define TF_TString_GetSize TF_StringGetSize
#define TF_TString_Dealloc TF_StringDealloc

TF_Buffer *TF_NewBuffer(void);
TF_Buffer *TF_NewBufferFromString(const void *proto, size_t bytes);
void TF_DeleteBuffer(TF_Buffer *buffer);

TF_Graph *TF_NewGraph(void);
void TF_DeleteGraph(TF_Graph *graph);
TF_Operation *TF_GraphOperationByName(TF_Graph *graph, const char *name);
TF_SessionOptions *TF_NewSessionOptions(void);
void TF_DeleteSessionOptions(TF_SessionOptions *options);
TF_Session *TF_LoadSessionFromSavedModel(const TF_SessionOptions *options, const TF_Buffer *run_options,
                                         const char *export_dir, const char *const *tags, int tag_count,
                                         TF_Graph *graph, TF_Buffer *meta_graph, TF_Status *status);
void TF_SessionRun(TF_Session *session, const TF_Buffer *run_options, const TF_Output *inputs,
                   TF_Tensor *const *input_values, int input_count, const TF_Output *outputs,
                   TF_Tensor **output_values, int output_count, const TF_Operation *const *targets,
                   int target_count, TF_Buffer *run_metadata, TF_Status *status);
void TF_DeleteSession(TF_Session *session, TF_Status *status);

int TF_DeviceListCount(const TF_DeviceList *list);
const char *TF_DeviceListName(const TF_DeviceList *list, int index, TF_Status *status);
const char *TF_DeviceListType(const TF_DeviceList *list, int index, TF_Status *status);
void TF_DeleteDeviceList(TF_DeviceList *list);

TFE_ContextOptions *TFE_NewContextOptions(void);
void TFE_DeleteContextOptions(TFE_ContextOptions *options);
TFE_Context *TFE_NewContext(const TFE_ContextOptions *options, TF_Status *status);
void TFE_DeleteContext(TFE_Context *context);
TF_DeviceList *TFE_ContextListDevices(TFE_Context *context, TF_Status *status);

TFE_TensorHandle *TFE_NewTensorHandle(const TF_Tensor *tensor, TF_Status *status);
void TFE_DeleteTensorHandle(TFE_TensorHandle *handle);
TF_DataType TFE_TensorHandleDataType(TFE_TensorHandle *handle);
int TFE_TensorHandleNumDims(TFE_TensorHandle *handle, TF_Status *status);
int64_t TFE_TensorHandleDim(TFE_TensorHandle *handle, int axis, TF_Status *status);
TF_Tensor *TFE_TensorHandleResolve(TFE_TensorHandle *handle, TF_Status *status);
TFE_TensorHandle *TFE_TensorHandleCopyToDevice(TFE_TensorHandle *handle, TFE_Context *context,
                                               const char *device, TF_Status *status);

TFE_Op *TFE_NewOp(TFE_Context *context, const char *name, TF_Status *status);
void TFE_DeleteOp(TFE_Op *op);
void TFE_OpAddInput(TFE_Op *op, TFE_TensorHandle *input, TF_Status *status);
void TFE_OpSetAttrString(TFE_Op *op, const char *name, const void *value, size_t bytes);
void TFE_OpSetAttrInt(TFE_Op *op, const char *name, int64_t value);
void TFE_OpSetAttrFloat(TFE_Op *op, const char *name, float value);
void TFE_OpSetAttrBool(TFE_Op *op, const char *name, unsigned char value);
void TFE_OpSetAttrType(TFE_Op *op, const char *name, TF_DataType value);
void TFE_OpSetAttrShape(TFE_Op *op, const char *name, const int64_t *dims, const int rank, TF_Status *status);
void TFE_OpSetAttrIntList(TFE_Op *op, const char *name, const int64_t *values, int count);
void TFE_OpSetAttrFloatList(TFE_Op *op, const char *name, const float *values, int count);
void TFE_OpSetAttrBoolList(TFE_Op *op, const char *name, const unsigned char *values, int count);
void TFE_Execute(TFE_Op *op, TFE_TensorHandle **results, int *result_count, TF_Status *status);

#ifdef __cplusplus
}
#endif

#endif
