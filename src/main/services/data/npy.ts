import { AppError } from '@shared/error/app-error';
import { BYTES_PER_ELEMENT, bytesOf, type DType, viewAs } from '@shared/model/dtype';
import { elementCount, type Tensor } from '@shared/model/tensor';

// The .npy format: numpy's own description, numpy/lib/format.py.
const MAGIC = '\u0093NUMPY';
const MAX_HEADER_BYTES = 64 * 1024;

const DTYPE_OF: Readonly<Record<string, DType>> = {
  f4: 'float32',
  f2: 'float16',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  b1: 'bool',
};

export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly dataOffset: number;
}

const invalid = (name: string, why: string): AppError =>
  new AppError(
    'data.invalid',
    `${name} is not a usable .npy array: ${why}. Save it with numpy.save in C order.`,
  );

/** Reads the header of a .npy array from its first bytes (at least 64 KiB of it, or all there is). `name` is for messages. */
export function parseNpyHeader(head: Uint8Array, name: string): NpyHeader {
  const text = Buffer.from(
    head.buffer,
    head.byteOffset,
    Math.min(head.byteLength, MAX_HEADER_BYTES),
  ).toString('latin1');
  if (!text.startsWith(MAGIC) || head.byteLength < 12)
    throw invalid(name, 'its first bytes are not those of the format');
  const major = text.charCodeAt(6);
  const lengthBytes = major === 1 ? 2 : 4;
  if (major < 1 || major > 3) throw invalid(name, `its format version ${major} is unknown`);
  let length = 0;
  for (let i = lengthBytes - 1; i >= 0; i--) length = length * 256 + text.charCodeAt(8 + i);
  const dataOffset = 8 + lengthBytes + length;
  if (dataOffset > text.length) throw invalid(name, 'its header is cut off');
  const header = text.slice(8 + lengthBytes, dataOffset);
  const descr = /'descr'\s*:\s*'([<>|=])([a-zA-Z])(\d+)'/.exec(header);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(header);
  if (!descr || !shape || !fortran)
    throw invalid(name, 'its header cannot be read (structured or object arrays are not supported)');
  const dtype = DTYPE_OF[`${descr[2]}${descr[3]}`];
  if (!dtype) throw invalid(name, `elements of type '${descr[2]}${descr[3]}' are not supported`);
  const dims = (shape[1] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => Number(part.replace('L', '')));
  if (dims.length > 32 || !dims.every(Number.isSafeInteger) || !Number.isSafeInteger(elementCount(dims)))
    throw invalid(name, 'its shape is out of range');
  if (descr[1] === '>' && BYTES_PER_ELEMENT[dtype] > 1) throw invalid(name, 'it is big-endian');
  if (fortran[1] === 'True' && dims.filter((dim) => dim > 1).length > 1)
    throw invalid(name, 'it is in Fortran order');
  return { dtype, shape: dims, dataOffset };
}

/** A whole .npy file's array. Fails with `data.invalid` naming `name`. */
export function decodeNpy(bytes: Uint8Array, name: string): Tensor {
  const { dtype, shape, dataOffset } = parseNpyHeader(bytes, name);
  if (dtype === 'string') throw invalid(name, 'it holds text');
  const size = elementCount(shape) * BYTES_PER_ELEMENT[dtype];
  if (bytes.byteLength - dataOffset < size)
    throw invalid(
      name,
      `it has ${bytes.byteLength - dataOffset} bytes of elements where its shape [${shape}] needs ${size}`,
    );
  return { dtype, shape, data: viewAs(dtype, bytes.subarray(dataOffset, dataOffset + size)) };
}

/** The array as a .npy file, header padded to 64 bytes as numpy writes it. */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const code = Object.entries(DTYPE_OF).find(([, dtype]) => dtype === tensor.dtype)?.[0];
  if (!code) throw new Error(`no .npy type for ${tensor.dtype}`);
  const order = BYTES_PER_ELEMENT[tensor.dtype] > 1 ? '<' : '|';
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const head = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${shape}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from(`${MAGIC}\u0001\u0000\u0000\u0000`, 'latin1');
  prefix.writeUInt16LE(padded.length, 8);
  return Buffer.concat([prefix, Buffer.from(padded, 'latin1'), bytesOf(tensor.data)]);
}
