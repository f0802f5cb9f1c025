/** What benchmark_model prints, version by version: each line has the form its sources give it. */

/** 2019: no prefixes, the timings in another order, equal times on a short line. */
export const OLDEST = `STARTING!
Min num runs: [50]
Num threads: [1]
Graph: [mobilenet_v1_1.0_224_quant.tflite]
Use nnapi : [0]
Loaded model mobilenet_v1_1.0_224_quant.tflite
resolved reporter
Initialized session in 4.452ms
Running benchmark for 1 iterations
count=1 curr=146161

Running benchmark for 50 iterations
count=50 first=137789 curr=137254 min=137079 max=143416 avg=137722 std=896

Average inference timings in us: Warmup: 146161, Init: 4452, no stats: 137722
`;

/** 2020 to 2023: the whole graph on the GPU. */
export const GPU_ALL = `STARTING!
Log parameter values verbosely: [0]
Min num runs: [50]
Num threads: [4]
Graph: [/data/local/tmp/denoising_32bit.tflite]
#threads used for CPU inference: [4]
Use gpu: [1]
Loaded model /data/local/tmp/denoising_32bit.tflite
INFO: Initialized TensorFlow Lite runtime.
INFO: Created TensorFlow Lite delegate for GPU.
GPU delegate created.
INFO: Replacing 31 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 1 partitions.
INFO: Initialized OpenCL-based API.
INFO: Created 1 GPU delegate kernels.
Explicitly applied GPU delegate, and the model graph will be completely executed by the delegate.
The input model file size (MB): 7.07479
Initialized session in 870.557ms.
Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
count=4 first=130565 curr=120829 min=117370 max=130565 avg=122373 std=4930

Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
count=50 first=119212 curr=118055 min=113737 max=124776 avg=119375 std=1948

Inference timings in us: Init: 870557, First inference: 130565, Warmup (avg): 122373, Inference (avg): 119375
Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at your discretion.
Peak memory footprint (MB): init=63.4883 overall=138.809
`;

/** The same, with operators that the GPU does not take. */
export const GPU_PART = GPU_ALL.replace(
  'INFO: Replacing 31 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 1 partitions.\n',
  `ERROR: Following operations are not supported by GPU delegate:
CAST: Operation is not supported.
UNPACK: Operation is not supported.
37 operations will run on the GPU, and the remaining 27 operations will run on the CPU.
INFO: Replacing 37 out of 64 node(s) with delegate (TfLiteGpuDelegateV2) node, yielding 5 partitions.
`,
).replace(
  'completely executed by the delegate.',
  'partially executed by the delegate w/ 3 delegate kernels.',
);

/** Through the Android app, so with logcat's columns: nothing went to the accelerator. */
export const NNAPI_NOTHING = `05-30 15:16:44.801  3380  3380 I tflite  : Log parameter values verbosely: [0]
05-30 15:16:44.802  3380  3380 I tflite  : Use NNAPI: [1]
05-30 15:16:44.802  3380  3380 I tflite  : NNAPI accelerators available: [ipuadaptor,nnapi-reference]
05-30 15:16:44.803  3380  3380 I tflite  : Created TensorFlow Lite delegate for NNAPI.
05-30 15:16:44.803  3380  3380 I tflite  : NNAPI delegate created.
05-30 15:16:44.857  3380  3380 I tflite  : Though NNAPI delegate is explicitly applied, the model graph will not be executed by the delegate.
05-30 15:16:44.858  3380  3380 I tflite  : Initialized session in 126.059ms.
05-30 15:16:45.362  3380  3380 I tflite  : count=40 first=32942 curr=12594 min=11340 max=32942 avg=12581.9 std=3331
05-30 15:16:46.365  3380  3380 I tflite  : count=75 first=12840 curr=11853 min=11787 max=13649 avg=12167.6 std=325
05-30 15:16:46.366  3380  3380 I tflite  : Inference timings in us: Init: 126059, First inference: 32942, Warmup (avg): 12581.9, Inference (avg): 12167.6
`;

/** Since 2024: a severity before each message, percentiles, memory; XNNPACK takes most. */
export const NEWEST = `INFO: STARTING!
INFO: Log parameter values verbosely: [0]
INFO: Graph: [digits.tflite]
INFO: Use xnnpack: [1]
INFO: Loaded model digits.tflite
INFO: Initialized TensorFlow Lite runtime.
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
INFO: XNNPACK delegate created.
VERBOSE: Replacing 8 out of 9 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 2 partitions for subgraph 0 (main).
INFO: Explicitly applied XNNPACK delegate, and the model graph will be partially executed by the delegate w/ 1 delegate kernels.
INFO: The input model file size (MB): 0.066272
INFO: Initialized session in 3.107ms.
INFO: Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
INFO: count=12871 first=121 curr=38 min=36 max=253 avg=38.5221 std=4 p5=37 median=38 p95=42

INFO: Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
INFO: count=25620 first=41 curr=38 min=36 max=411 avg=38.7009 std=5 p5=37 median=38 p95=42

INFO: Inference timings in us: Init: 3107, First inference: 121, Warmup (avg): 38.5221, Inference (avg): 38.7009
INFO: Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at your discretion.
INFO: Memory footprint delta from the start of the tool (MB): init=2.75 overall=3.5
INFO: Overall peak memory footprint (MB) via periodic monitoring: 8.25
INFO: Memory status at the end of exeution:
INFO: - VmRSS              : 8 MB
INFO: + RssAnnon           : 3 MB
INFO: + RssFile + RssShmem : 5 MB
`;

const INIT_TABLE = `Profiling Info for Benchmark Initialization:
============================== Run Order ==============================
\t             [node type]\t          [start]\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]
\t ModifyGraphWithDelegate\t            0.000\t    2.744\t    2.744\t 98.918%\t 98.918%\t   624.000\t        1\tModifyGraphWithDelegate/0
\t         AllocateTensors\t            2.745\t    0.028\t    0.015\t  1.082%\t100.000%\t     0.000\t        2\tAllocateTensors/0

Number of nodes executed: 2
`;

/** `--enable_op_profiling`, as tables. */
export const PROFILE_TABLE = `${INIT_TABLE}
Operator-wise Profiling Info for Regular Benchmark Runs:
============================== Run Order ==============================
\t             [node type]\t          [start]\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]
\t   TfLiteXNNPackDelegate\t            0.000\t    0.041\t    0.032\t 84.211%\t 84.211%\t     0.000\t        1\t[StatefulPartitionedCall:0]:9
\t                 ARG_MAX\t            0.033\t    0.007\t    0.006\t 15.789%\t100.000%\t     0.000\t        1\t[out, with a comma]:8

============================== Top by Computation Time ==============================
\t             [node type]\t          [start]\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]
\t   TfLiteXNNPackDelegate\t            0.000\t    0.041\t    0.032\t 84.211%\t 84.211%\t     0.000\t        1\t[StatefulPartitionedCall:0]:9

Number of nodes executed: 2
============================== Summary by node type ==============================
\t             [Node type]\t  [count]\t  [avg ms]\t    [avg %]\t    [cdf %]\t  [mem KB]\t[times called]
\t   TfLiteXNNPackDelegate\t        1\t     0.032\t    84.211%\t    84.211%\t     0.000\t        1

Timings (microseconds): count=20 first=48 curr=38 min=37 max=48 avg=38.6 std=2
Memory (bytes): count=0
2 nodes observed

Delegate internal: 
============================== Run Order ==============================
\t             [node type]\t          [start]\t  [first]\t [avg ms]\t     [%]\t  [cdf%]\t  [mem KB]\t[times called]\t[Name]
\tConvolution (NHWC, F32) IGEMM\t            0.000\t    0.029\t    0.024\t 80.000%\t 80.000%\t     0.000\t        1\tDelegate/Convolution (NHWC, F32) IGEMM:0
\tFully Connected (NC, F32) GEMM\t            0.025\t    0.007\t    0.006\t 20.000%\t100.000%\t     0.000\t        1\tDelegate/Fully Connected (NC, F32) GEMM:1

Timings (microseconds): count=20 first=36 curr=30 min=29 max=36 avg=30.1 std=1
Memory (bytes): count=0
2 nodes observed
`;

/** The same as CSV, of a version without start times. */
export const PROFILE_CSV = `Operator-wise Profiling Info for Regular Benchmark Runs:
============================== Run Order ==============================
node type, first, avg_ms, %, cdf%, mem KB, times called, name
TfLiteXNNPackDelegate, 0.041, 0.032, 84.211%, 84.211%, 0, 1, [StatefulPartitionedCall:0]:9
ARG_MAX, 0.007, 0.006, 15.789%, 100%, 0, 1, [out, with a comma]:8

============================== Summary by node type ==============================
node type, count, avg_ms, avg %, cdf %, mem KB, times called
TfLiteXNNPackDelegate, 1, 0.032, 84.211%, 84.211%, 0, 1

Timings (microseconds): count=20 first=48 curr=38 min=37 max=48 avg=38.6 std=2
Memory (bytes): count=0
2 nodes observed
`;

/** A run that ends in a refusal. */
export const REFUSED = `INFO: STARTING!
INFO: Graph: [nothing.tflite]
ERROR: Could not open 'nothing.tflite'.
ERROR: Failed to load model nothing.tflite
ERROR: Benchmarking failed.
`;
