import { inflateRawSync } from 'node:zlib';
import { AppError } from '@shared/error/app-error';
import { type ByteSource, sliceSource, memorySource } from './byte-source';
import { type ZipEntry, readDirectory } from './zip-directory';

/** No model can be larger (TFLite's limit is 2 GiB); above the second bound, packing by more than 100 is no model either. */
const MAX_TOTAL = 4 * 2 ** 30;
const SUSPICIOUS_FROM = 256 * 2 ** 20;
const MAX_RATIO = 100;
/** Packed entries are unpacked into memory; Keras stores them unpacked. */
const MAX_INFLATED = 2 ** 30;

/** A ZIP archive whose directory has been checked as a whole; entries are opened by name. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** The bytes of an entry: in place when it is stored, unpacked into memory when it is deflated. */
  open(name: string): ByteSource | undefined;
}

/**
 * Opens an untrusted ZIP archive. Refused before any entry is read: names that lead out of a folder, links, names that
 * come twice (also in another case), encryption, entries that overlap, sizes of a ZIP bomb.
 */
export function openZip(source: ByteSource): ZipArchive {
  const entries = readDirectory(source);
  checkSizes(source, entries);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    names: entries.map((entry) => entry.name),
    open(name) {
      const entry = byName.get(name);
      return entry && openEntry(source, entry);
    },
  };
}

function checkSizes(source: ByteSource, entries: readonly ZipEntry[]): void {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const packed = entries.reduce((sum, entry) => sum + entry.packedSize, 0);
  if (!(total <= MAX_TOTAL)) throw tooLarge(source.name, `${total} bytes when unpacked, more than 4 GiB`);
  if (total > SUSPICIOUS_FROM && total > MAX_RATIO * Math.max(1, packed))
    throw tooLarge(source.name, `${total} bytes packed into ${packed}, as only a ZIP bomb is`);
}

function openEntry(source: ByteSource, entry: ZipEntry): ByteSource {
  const name = `${source.name}/${entry.name}`;
  if (entry.method === 0) return sliceSource(source, entry.start, entry.size, name);
  if (entry.size > MAX_INFLATED)
    throw tooLarge(
      name,
      `${entry.size} bytes and compressed; save the model again with Keras, which does not compress it`,
    );
  return memorySource(inflate(source.read(entry.start, entry.packedSize), entry.size, name), name);
}

/** Unpacks no more than what the directory declares. */
function inflate(packed: Uint8Array, size: number, name: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new AppError(
      'model.unreadable',
      `'${name}' cannot be unpacked, or is larger than it says; get the file again.`,
      {
        cause,
      },
    );
  }
  if (bytes.byteLength === size) return bytes;
  throw new AppError(
    'model.unreadable',
    `'${name}' has ${bytes.byteLength} bytes where the archive says ${size}; get the file again.`,
  );
}

const tooLarge = (name: string, what: string): AppError =>
  new AppError('model.too-large', `'${name}' is refused: ${what}.`);
