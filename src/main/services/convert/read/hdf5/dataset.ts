import type { DType } from '@shared/model/dtype';
import type { ConstantData } from '../../graph/ir';
import { readChunked } from './chunks';
import { Cursor } from './cursor';
import { damaged, refused } from './damaged';
import { checkedCount, readDataspace } from './dataspace';
import { type Hdf5Type, readDatatype } from './datatype';
import { readFilters } from './filters';
import { type Hdf5File, LIMITS } from './format';
import { type Layout, readLayout } from './layout';
import { type HeaderMessage, MESSAGE } from './object-header';

/** A data set's type and shape, with bytes that are read from the file each time they are asked for. */
export interface Dataset {
  readonly path: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ConstantData;
}

/** Describes the data set with these header messages; refuses storage outside the file and claims it cannot hold. */
export function openDataset(file: Hdf5File, messages: readonly HeaderMessage[], path: string): Dataset {
  const need = (type: number, what: string): Uint8Array => {
    const found = messages.find((message) => message.type === type);
    if (!found) throw damaged(path, `a data set without ${what}`);
    return found.data;
  };
  if (messages.some((message) => message.type === MESSAGE.externalFiles))
    throw refused(path, 'external storage, which keeps its values in other files');
  const type = readDatatype(new Cursor(need(MESSAGE.datatype, 'a type'), path), path);
  if (type.kind !== 'number') throw refused(path, 'a data set of texts');
  const shape = readDataspace(file, new Cursor(need(MESSAGE.dataspace, 'a shape'), path), path);
  if (!shape) throw refused(path, 'a data set without a shape');
  const layout = readLayout(file, need(MESSAGE.layout, 'a layout'), path);
  const limit = Math.min(
    LIMITS.datasetBytes,
    layout.kind === 'chunked' ? 1032 * file.source.size : file.source.size,
  );
  const byteLength = checkedCount(shape, type.size, limit, path) * type.size;
  const read = reader(file, layout, messages, shape, type, byteLength, path);
  const bytes = (): Uint8Array => (type.bigEndian ? swapped(read(), type.size) : read());
  return { path, dtype: type.dtype, shape, data: { byteLength, bytes } };
}

function reader(
  file: Hdf5File,
  layout: Layout,
  messages: readonly HeaderMessage[],
  shape: readonly number[],
  type: Hdf5Type,
  byteLength: number,
  path: string,
): () => Uint8Array {
  if (byteLength === 0) return () => new Uint8Array();
  if (layout.kind === 'compact') {
    if (layout.data.byteLength !== byteLength) throw damaged(path, 'values that do not fill the shape');
    return () => layout.data;
  }
  if (layout.address === Infinity) throw damaged(path, 'a data set whose values were never written');
  if (layout.kind === 'contiguous') {
    const { address, size } = layout;
    if ((size !== undefined && size !== byteLength) || address + byteLength > file.source.size)
      throw damaged(path, `values of ${size ?? 'unknown'} bytes where the shape needs ${byteLength}`);
    return () => file.source.read(address, byteLength);
  }
  const message = messages.find(({ type }) => type === MESSAGE.filters);
  const filters = message ? readFilters(message.data, path) : [];
  return () => readChunked(file, layout, filters, shape, type.size, path);
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += size)
    for (let i = 0; i < size; i++) result[start + i] = bytes[start + size - 1 - i] as number;
  return result;
}
