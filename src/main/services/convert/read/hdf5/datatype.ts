import type { DType } from '@shared/model/dtype';
import type { Cursor } from './cursor';
import { damaged, refused } from './damaged';

/** An element's type as HDF5 describes it; `size` in bytes as stored. */
export type Hdf5Type =
  | { readonly kind: 'number'; readonly dtype: DType; readonly size: number; readonly bigEndian: boolean }
  | { readonly kind: 'text'; readonly size: number }
  | { readonly kind: 'vlen-text'; readonly size: number };

/** Reads a datatype message (IV.A.2.d). Compound, reference, opaque and time types are refused. */
export function readDatatype(cursor: Cursor, path: string, depth = 0): Hdf5Type {
  if (depth > 4) throw damaged(path, 'data types nested too deep');
  const typeClass = cursor.u8() & 0x0f;
  const bits = cursor.u8();
  cursor.skip(2);
  const size = cursor.u32();
  switch (typeClass) {
    case 0:
      cursor.skip(4);
      return integer(size, bits, path);
    case 1:
      cursor.skip(12);
      return floating(size, bits, path);
    case 3:
      return { kind: 'text', size };
    case 8: {
      // h5py stores booleans as an enumeration over int8.
      const base = readDatatype(cursor, path, depth + 1);
      if (base.kind !== 'number' || base.dtype !== 'int8') throw refused(path, 'an enumeration');
      return { ...base, dtype: 'bool' };
    }
    case 9:
      if ((bits & 0x0f) === 1) return { kind: 'vlen-text', size };
      throw refused(path, 'elements of variable length');
    default:
      throw refused(path, `elements of HDF5 class ${typeClass}`);
  }
}

function integer(size: number, bits: number, path: string): Hdf5Type {
  const signed = (bits & 8) !== 0;
  const names: Record<number, readonly [DType, DType]> = {
    1: ['uint8', 'int8'],
    2: ['uint16', 'int16'],
    4: ['uint32', 'int32'],
    8: ['uint64', 'int64'],
  };
  const pair = names[size];
  if (!pair) throw refused(path, `integers of ${size} bytes`);
  return { kind: 'number', dtype: pair[signed ? 1 : 0], size, bigEndian: (bits & 1) !== 0 };
}

function floating(size: number, bits: number, path: string): Hdf5Type {
  const names: Record<number, DType> = { 2: 'float16', 4: 'float32', 8: 'float64' };
  const dtype = names[size];
  if (!dtype || (bits & 0x40) !== 0) throw refused(path, `floating-point numbers of ${size} bytes`);
  return { kind: 'number', dtype, size, bigEndian: (bits & 1) !== 0 };
}
