import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError } from '@shared/error/app-error';

/** Fields of model.json that TF.js asks for, as its converter writes them. */
interface ModelJson {
  readonly modelTopology: object;
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly object[];
  }[];
  readonly [field: string]: unknown;
}

const PASSED_ON = [
  'modelTopology',
  'format',
  'generatedBy',
  'convertedBy',
  'signature',
  'userDefinedMetadata',
  'modelInitializer',
];

/** A TF.js model.json (or the folder it lies in) with its weights, checked, as TF.js takes it from memory. */
export async function readTfjsArtifacts(path: string): Promise<object> {
  const file = (await stat(path)).isDirectory() ? join(path, 'model.json') : path;
  const folder = await realpath(dirname(file));
  const json = parse(file, await readFile(file, 'utf8'));
  const shards: Uint8Array[] = [];
  const weightSpecs: object[] = [];
  for (const group of json.weightsManifest ?? []) {
    weightSpecs.push(...group.weights);
    for (const name of group.paths) shards.push(await readFile(await inside(folder, name, file)));
  }
  const bytes = Buffer.concat(shards);
  const passedOn = PASSED_ON.flatMap((field) => (json[field] == null ? [] : [[field, json[field]]]));
  return {
    ...(Object.fromEntries(passedOn) as object),
    weightSpecs,
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  };
}

function parse(file: string, text: string): ModelJson {
  try {
    return JSON.parse(text) as ModelJson;
  } catch (cause) {
    throw new AppError('model.unreadable', `'${basename(file)}' is not valid JSON.`, { cause });
  }
}

/** A shard's path, when it really lies in the model's own folder. */
async function inside(folder: string, name: string, file: string): Promise<string> {
  const path = await realpath(join(folder, String(name))).catch((cause: unknown) => {
    throw new AppError('model.unreadable', `'${file}' names '${name}', which is not there.`, { cause });
  });
  const way = relative(folder, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`))
    throw new AppError('model.unreadable', `'${file}' names '${name}', which is outside its own folder.`);
  return path;
}
