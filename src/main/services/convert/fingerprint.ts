import { createHash, type Hash } from 'node:crypto';
import type { ModelFile, ModelFiles } from '@main/ports/model-files';
import { detectModel } from './read/detect';

const CHUNK_BYTES = 1 << 20;
const MAX_FILES = 10_000;

/** What a model's files are, whatever they are called and wherever they lie. */
export interface ModelFingerprint {
  /** SHA-256 over the names (inside the model) and contents of its files. */
  readonly hash: string;
  readonly bytes: number;
}

/** Hashes a model's files: the file itself, a SavedModel's graph and variables, a TF.js model's JSON and shards. */
export function fingerprintModel(path: string, files: ModelFiles): ModelFingerprint {
  const hash = createHash('sha256');
  let bytes = 0;
  eachFile(path, files, (file, name) => {
    hash.update(`${name.length}:${name}:${file.size}:`);
    bytes += file.size;
    addContent(hash, file);
  });
  return { hash: hash.digest('hex'), bytes };
}

/** Size of all of a model's files. */
export function modelFileBytes(path: string, files: ModelFiles): number {
  let bytes = 0;
  eachFile(path, files, ({ size }) => (bytes += size));
  return bytes;
}

/** Calls `use` with each of a model's files and its name inside the model, always in the same order. */
function eachFile(path: string, files: ModelFiles, use: (file: ModelFile, name: string) => void): void {
  const { format, path: main } = detectModel(path, files);
  const add = (file: ModelFile, name: string): void => {
    try {
      use(file, name);
    } finally {
      file.close();
    }
  };
  const addFolder = (folder: string, names: readonly string[], prefix: string): void => {
    for (const name of names)
      if (files.kind(files.join(folder, name)) === 'file')
        add(files.openInside(folder, `${prefix}${name}`), `${prefix}${name}`);
  };
  if (format === 'saved-model') {
    const folder = files.kind(main) === 'folder' ? main : files.parent(main);
    add(files.openInside(folder, 'saved_model.pb'), 'saved_model.pb');
    const variables = files.join(folder, 'variables');
    if (files.kind(variables) === 'folder')
      for (const name of files.list(variables, MAX_FILES))
        if (files.kind(files.join(variables, name)) === 'file')
          add(files.openInside(folder, `variables/${name}`), `variables/${name}`);
  } else if (format === 'tfjs-graph' || format === 'tfjs-layers') {
    const folder = files.parent(main);
    add(files.open(main), 'model.json');
    addFolder(
      folder,
      files.list(folder, MAX_FILES).filter((name) => name.endsWith('.bin')),
      '',
    );
  } else {
    add(files.open(main), 'model');
  }
}

function addContent(hash: Hash, file: ModelFile): void {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, file.size));
  for (let at = 0; at < file.size; at += CHUNK_BYTES) {
    const part = chunk.subarray(0, Math.min(CHUNK_BYTES, file.size - at));
    file.readInto(at, part);
    hash.update(part);
  }
}
