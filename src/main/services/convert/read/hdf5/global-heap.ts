import { Cursor } from './cursor';
import { damaged } from './damaged';
import { type Hdf5File, LIMITS } from './format';

/** Objects of one global heap collection, by index (III.E). */
function readCollection(file: Hdf5File, address: number, path: string): Map<number, Uint8Array> {
  const head = Cursor.at(file.source, address, 8 + file.lengthSize, path);
  head.expect('GCOL');
  head.skip(4);
  const size = head.uint(file.lengthSize);
  if (!(size <= LIMITS.heapCollectionBytes)) throw damaged(path, 'a heap that is too large');
  const start = 8 + file.lengthSize;
  if (size < start) throw damaged(path, 'a heap without contents');
  const body = Cursor.at(file.source, address + start, size - start, path);
  const objects = new Map<number, Uint8Array>();
  while (body.remaining >= 8 + file.lengthSize) {
    const index = body.u16();
    body.skip(6);
    const length = body.uint(file.lengthSize);
    if (index === 0) break;
    objects.set(index, body.bytes(length));
    body.skip(Math.min((8 - (length % 8)) % 8, body.remaining));
  }
  return objects;
}

/** Fetches elements of variable length; each collection is read once. */
export class GlobalHeap {
  readonly #file: Hdf5File;
  readonly #collections = new Map<number, Map<number, Uint8Array>>();

  constructor(file: Hdf5File) {
    this.#file = file;
  }

  /** The element whose reference (length, collection, index) comes next in `cursor`. */
  element(cursor: Cursor, path: string): Uint8Array {
    const length = cursor.u32();
    const address = cursor.uint(this.#file.offsetSize);
    const index = cursor.u32();
    if (length === 0) return new Uint8Array();
    let objects = this.#collections.get(address);
    if (!objects) {
      objects = readCollection(this.#file, address, path);
      this.#collections.set(address, objects);
    }
    const object = objects.get(index);
    if (!object || object.byteLength < length) throw damaged(path, 'a text that is missing in the heap');
    return object.subarray(0, length);
  }
}
