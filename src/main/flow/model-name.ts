import { basename, dirname, resolve } from 'node:path';

/** Names that exporters give; they say nothing about the model, the folder around them does. */
const GENERIC = /^(saved_?model|model|export(ed)?|tfjs(_(graph|layers))?|model\.json|\d+)$/i;

/** What to call a model that lies at `path`: its file or folder name, or the nearest telling one above. */
export function modelName(path: string): string {
  let at = resolve(path);
  for (let depth = 0; depth < 3 && GENERIC.test(basename(at)) && dirname(at) !== at; depth++)
    at = dirname(at);
  return basename(at).replace(/\.(keras|h5|hdf5|tflite)$/i, '') || basename(resolve(path));
}
