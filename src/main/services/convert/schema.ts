// Numbers of the TFLite flatbuffer schema, version 3:
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs

export const FILE_IDENTIFIER = 'TFL3';
export const SCHEMA_VERSION = 3;

/** Offsets are 32 bits wide, and runtimes read them signed in places: nothing larger is a valid file. */
export const MAX_FILE_BYTES = 2 ** 31 - 1;

export { TENSOR_TYPE } from '@shared/runner/tflite-type';

/** TensorType.RESOURCE: what stands for a variable. */
export const RESOURCE_TYPE = 13;

/** BuiltinOperator.CUSTOM: the operator is named in the operator code. */
export const CUSTOM_CODE = 32;
/** Codes above are stored only in `builtin_code`; `deprecated_builtin_code` says PLACEHOLDER_FOR_GREATER_OP_CODES. */
export const MAX_DEPRECATED_CODE = 127;

/** Data of Buffer tables starts at a multiple of this (force_align in the schema). */
export const DATA_ALIGNMENT = 16;

export const MIN_RUNTIME_VERSION = 'min_runtime_version';

/** Slots of the tables, by field. */
export const SLOTS = {
  model: {
    version: 0,
    operatorCodes: 1,
    subgraphs: 2,
    description: 3,
    buffers: 4,
    metadata: 6,
    signatureDefs: 7,
  },
  operatorCode: { deprecatedBuiltinCode: 0, customCode: 1, version: 2, builtinCode: 3 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 },
  tensor: {
    shape: 0,
    type: 1,
    buffer: 2,
    name: 3,
    quantization: 4,
    isVariable: 5,
    sparsity: 6,
    shapeSignature: 7,
    hasRank: 8,
    variantTensors: 9,
  },
  quantization: { min: 0, max: 1, scale: 2, zeroPoint: 3, detailsType: 4, details: 5, axis: 6 },
  operator: {
    opcodeIndex: 0,
    inputs: 1,
    outputs: 2,
    optionsType: 3,
    options: 4,
    customOptions: 5,
    customOptionsFormat: 6,
    mutatingVariableInputs: 7,
    intermediates: 8,
    largeCustomOptionsOffset: 9,
    largeCustomOptionsSize: 10,
    options2Type: 11,
    options2: 12,
  },
  buffer: { data: 0, offset: 1, size: 2 },
  metadata: { name: 0, buffer: 1 },
  signatureDef: { inputs: 0, outputs: 1, key: 2, subgraphIndex: 4 },
  tensorMap: { name: 0, tensorIndex: 1 },
} as const;
