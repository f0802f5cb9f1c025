import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { readKeptCode, writeKeptCode } from './kept-code';

interface PlainModule {
  exports: unknown;
  require(id: string): unknown;
}
type Loader = (module: PlainModule, file: string) => void;

/** How Node makes a module of a script; shared by all modules (nodejs.org/api/modules.html#requireextensions). */
const loaders = nodeModule.createRequire(__filename).extensions as unknown as { '.js': Loader };

/**
 * Compiled code of the scripts in `folder`, kept in the file `keptIn` with the functions that were called. It is used for
 * the same bytes of a script at the same place in the same Node alone. What was missing, damaged or of another Node is
 * written when the process ends; failures are silent, as they cost a little time only. The scripts may use require() and
 * nothing else: the build makes require() of import().
 */
export function keepScripts(folder: string, keptIn: string): void {
  const kept = readKeptCode(keptIn);
  const loaded = new Map<string, { readonly key: string; readonly script: Script }>();
  let isStale = false;
  const plain = loaders['.js'];
  loaders['.js'] = (module, file) => {
    if (!file.startsWith(folder + sep)) return plain(module, file);
    const source = readFileSync(file, 'utf8');
    const name = relative(folder, file);
    const key = keyOf(source, file);
    const entry = kept.get(name);
    const cachedData = entry?.key === key ? entry.code : undefined;
    const script = new Script(nodeModule.wrap(source), {
      filename: file,
      ...(cachedData ? { cachedData } : {}),
    });
    isStale ||= !cachedData || script.cachedDataRejected === true;
    loaded.set(name, { key, script });
    const run = script.runInThisContext() as (...names: unknown[]) => void;
    run.call(module.exports, module.exports, module.require.bind(module), module, file, dirname(file));
  };
  process.once('exit', () => {
    if (!isStale) return;
    const fresh = Array.from(loaded, ([name, { key, script }]) => ({
      name,
      key,
      code: script.createCachedData(),
    }));
    const others = [...kept.values()].filter(
      ({ name }) => !loaded.has(name) && existsSync(join(folder, name)),
    );
    writeKeptCode(keptIn, [...fresh, ...others]);
  });
}

/** V8's own check knows a source by its length alone; and errors name the file that the code was compiled of. */
const keyOf = (source: string, file: string): string =>
  createHash('sha256')
    .update(`${process.version} ${cachedDataVersionTag()} ${file}\n`)
    .update(source)
    .digest('hex');
