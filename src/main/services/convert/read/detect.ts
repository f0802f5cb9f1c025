import type { ModelFile, ModelFiles } from '@main/ports/model-files';
import { AppError } from '@shared/error/app-error';
import type { SourceFormat } from '@shared/model/source-format';
import { fieldOf, isJsonArray, parseModelJson } from './json';

export interface DetectedModel {
  readonly format: SourceFormat;
  /** What the format's reader takes: the folder of a SavedModel, the file otherwise (model.json for TF.js). */
  readonly path: string;
}

const HDF5_SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const TFLITE_IDENTIFIER = 'TFL3';
/** An HDF5 superblock may follow a block of the user's at 512, 1024, 2048 ... bytes. */
const MAX_USER_BLOCK = 2 ** 20;
const ZIP_TAIL = 2 ** 16 + 22;
const MAX_NAMES = 10_000;

/**
 * Finds out what a path holds from its content, never from its name: a file, or a folder of a SavedModel or TF.js model.
 * Reads a few kilobytes (model.json whole). Refuses everything else with `model.unreadable`; pipes and devices are not opened.
 */
export function detectModel(path: string, files: ModelFiles): DetectedModel {
  const kind = files.kind(path);
  if (kind === 'missing')
    throw new AppError('file.not-found', `there is no file or folder '${path}': check the path.`);
  if (kind === 'other') throw notAModel(path, 'it is neither a file nor a folder');
  return kind === 'folder' ? detectFolder(path, files) : detectFile(path, files);
}

function detectFolder(path: string, files: ModelFiles): DetectedModel {
  if (files.kind(files.join(path, 'saved_model.pb')) === 'file') return { format: 'saved-model', path };
  const json = files.join(path, 'model.json');
  if (files.kind(json) === 'file') return detectFile(json, files);
  throw notAModel(path, 'the folder has neither saved_model.pb nor model.json');
}

function detectFile(path: string, files: ModelFiles): DetectedModel {
  const file = files.open(path);
  try {
    const format = formatOf(file);
    if (!format)
      throw notAModel(
        path,
        file.size < 8
          ? `it has ${file.size} bytes`
          : isArchive(file)
            ? 'it is an archive; unpack it and give the folder or file in it'
            : 'its content is of no known format',
      );
    return { format, path: format === 'saved-model' ? files.parent(path) : path };
  } finally {
    file.close();
  }
}

function formatOf(file: ModelFile): SourceFormat | undefined {
  if (file.size < 8) return undefined;
  const head = file.read(0, Math.min(file.size, 4096));
  if (Buffer.from(head.subarray(4, 8)).toString('latin1') === TFLITE_IDENTIFIER) return 'tflite';
  if (isHdf5(file)) return 'keras-h5';
  if (head[0] === 0x50 && head[1] === 0x4b) return zipHolds(file, 'config.json') ? 'keras-v3' : undefined;
  if (firstCharacter(head) === '{') return jsonFormat(file);
  if (looksLikeSavedModel(head, file.size)) return 'saved-model';
  return looksLikeGraph(head, file.size) ? 'frozen-graph' : undefined;
}

function isHdf5(file: ModelFile): boolean {
  for (let at = 0; at + 8 <= file.size && at <= MAX_USER_BLOCK; at = at === 0 ? 512 : at * 2) {
    const bytes = file.read(at, 8);
    if (HDF5_SIGNATURE.every((byte, i) => bytes[i] === byte)) return true;
  }
  return false;
}

/** Looks for a name in a ZIP's central directory, which ends the file (PKWARE's APPNOTE, 4.3.12 and 4.3.16). */
function zipHolds(file: ModelFile, name: string): boolean {
  const tailSize = Math.min(file.size, ZIP_TAIL);
  const tail = Buffer.from(file.read(file.size - tailSize, tailSize));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > tail.length) return false;
  const size = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  // With ZIP64 both are all ones, and the directory lies before its end record: then any name in the tail counts.
  if (offset + size > file.size) return tail.includes(name);
  const directory = Buffer.from(file.read(offset, Math.min(size, 2 ** 20)));
  let at = 0;
  for (let i = 0; i < MAX_NAMES && at + 46 <= directory.length; i++) {
    if (directory.readUInt32LE(at) !== 0x02014b50) return false;
    const length = directory.readUInt16LE(at + 28);
    if (directory.toString('utf8', at + 46, at + 46 + length) === name) return true;
    at += 46 + length + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return false;
}

function firstCharacter(head: Uint8Array): string {
  return Buffer.from(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .slice(0, 1);
}

function jsonFormat(file: ModelFile): SourceFormat | undefined {
  const json = parseModelJson(file.read(0, Math.min(file.size, 2 ** 28 + 1)), `'${file.path}'`);
  const format = fieldOf(json, 'format');
  const topology = fieldOf(json, 'modelTopology');
  if (format === 'graph-model' || isJsonArray(fieldOf(topology, 'node'))) return 'tfjs-graph';
  if (format === 'layers-model') return 'tfjs-layers';
  const config = fieldOf(topology, 'model_config') ?? topology;
  return fieldOf(config, 'class_name') === undefined ? undefined : 'tfjs-layers';
}

/**
 * The message SavedModel has two fields: its schema version (field 1, a small number) and graphs (field 2) whose lengths must
 * fit in the file.
 */
function looksLikeSavedModel(head: Uint8Array, size: number): boolean {
  const at = head[0] === 0x08 ? 2 : 0;
  const inside = messageAt(head, at, 0x12, size);
  return inside !== undefined && head[inside] === 0x0a;
}

/** The message GraphDef begins with a node (field 1), and that with its name and its operator's, which are texts. */
function looksLikeGraph(head: Uint8Array, size: number): boolean {
  const node = messageAt(head, 0, 0x0a, size);
  const name = node === undefined ? undefined : messageAt(head, node, 0x0a, size);
  if (node === undefined || name === undefined) return false;
  const operator = name + (head[name - 1] ?? 0);
  const text = messageAt(head, operator, 0x12, size);
  return text !== undefined && /^[A-Z_]\w+$/.test(latin1(head, text, text + (head[text - 1] ?? 0)));
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.subarray(from, to)).toString('latin1');

/** Where the contents of a field begin whose tag stands at `at` and whose length fits in the file; undefined for all else. */
function messageAt(head: Uint8Array, at: number, tag: number, size: number): number | undefined {
  if (head[at] !== tag) return undefined;
  let length = 0;
  for (let shift = 0, place = at + 1; shift < 42; shift += 7, place++) {
    const byte = head[place] ?? 0x80;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length > 0 && place + 1 + length <= size ? place + 1 : undefined;
  }
  return undefined;
}

/** True for archives that a model may have been packed into: ZIP, gzip, tar. */
const isArchive = (file: ModelFile): boolean => {
  const head = file.size < 512 ? new Uint8Array() : file.read(0, 512);
  return (
    latin1(head, 0, 2) === 'PK' || latin1(head, 0, 2) === '\x1f\x8b' || latin1(head, 257, 262) === 'ustar'
  );
};

const notAModel = (path: string, why: string): AppError =>
  new AppError(
    'model.unreadable',
    `'${path}' is not a model: ${why}. Known are SavedModel folders, frozen graphs (.pb), .keras, .h5, TensorFlow.js and .tflite files.`,
  );
