import { bytesOf, viewAs, type DType } from '../model/dtype';
import { elementCount, type Tensor } from '../model/tensor';
import { badReply, type PlainType } from './json-tensor';

/** Header that says how many bytes of a body are JSON (triton-inference-server/server docs/protocol/extension_binary_data.md). */
export const JSON_LENGTH_HEADER = 'inference-header-content-length';

/** Element types by their names in the Open Inference Protocol (kserve/open-inference-protocol inference_rest.md). */
export const OIP_TYPES: Readonly<Record<string, PlainType>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
};

const NAMES = new Map<DType, string>(Object.entries(OIP_TYPES).map(([name, dtype]) => [dtype, name]));

/** Name of an element type in the protocol; BYTES for strings. */
export const oipTypeOf = (dtype: DType): string => NAMES.get(dtype) ?? 'BYTES';

export interface OipBody {
  readonly body: Uint8Array;
  /** Bytes of JSON in front of the tensors. */
  readonly jsonLength: number;
}

/** JSON followed by tensors' bytes, little-endian as typed arrays are on every machine that runs Node. */
export function binaryBody(json: string, tensors: readonly Tensor[]): OipBody {
  const head = new TextEncoder().encode(json);
  const parts = tensors.map((tensor) => bytesOf(tensor.data));
  const body = new Uint8Array(parts.reduce((total, part) => total + part.length, head.length));
  body.set(head);
  let offset = head.length;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return { body, jsonLength: head.length };
}

/** Takes tensors' bytes off a body one after the other; AppError `cloud.bad-reply` when there are too few. */
export class BinaryReader {
  readonly #body: Uint8Array;
  #offset: number;

  constructor(body: Uint8Array, jsonLength: number) {
    this.#body = body;
    this.#offset = jsonLength;
  }

  tensor(dtype: PlainType, shape: readonly number[], size: number, field: string): Tensor {
    const bytes = this.#body.subarray(this.#offset, this.#offset + size);
    if (bytes.length !== size)
      throw badReply(field, `announces ${size} bytes of which ${bytes.length} are there`);
    this.#offset += size;
    const data = viewAs(dtype, bytes);
    if (data.length !== elementCount(shape) || data.byteLength !== size) {
      throw badReply(field, `has ${size} bytes, which do not fill its shape`);
    }
    return { dtype, shape: [...shape], data };
  }
}

/** How much of a body is JSON: all of it unless the header says otherwise. */
export function jsonLengthOf(header: string | undefined, bodyLength: number): number {
  if (header === undefined) return bodyLength;
  const length = Number(header);
  if (!Number.isInteger(length) || length < 0 || length > bodyLength) {
    throw badReply(JSON_LENGTH_HEADER, `is "${header.slice(0, 40)}", which is no length within the body`);
  }
  return length;
}
