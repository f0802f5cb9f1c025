import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'vite';
import { forkLauncher } from '@main/platform/node/fork-worker';
import type { WorkerLauncher } from '@main/ports/worker';

const root = resolve(__dirname, '../..');

/** A launcher of workers built from this checkout's sources; built once for each state of them. */
export async function testLauncher(): Promise<WorkerLauncher> {
  return forkLauncher(await workerFile());
}

/** Path of the bundled command line, src/main/cli.ts, with its worker beside it. */
export const cliFile = async (): Promise<string> => join(dirname(await workerFile()), 'cli.js');

/** Path of the bundled src/main/worker.ts. It lies in out/, so that packages are found from there. */
export async function workerFile(): Promise<string> {
  const folder = join(root, 'out', 'test-worker', sourceHash());
  const file = join(folder, 'worker.js');
  if (existsSync(file)) return file;
  // Several test files may build at once: each builds in a folder of its own, and the first to finish gives it its name.
  const own = `${folder}.${process.pid}`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') } },
    ssr: { noExternal: /^zod/, target: 'node' },
    build: {
      ssr: true,
      target: 'node20.19',
      outDir: own,
      emptyOutDir: true,
      rollupOptions: {
        input: { worker: 'src/main/worker.ts', cli: 'src/main/cli.ts' },
        output: {
          format: 'cjs',
          dynamicImportInCjs: false,
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  });
  try {
    renameSync(own, folder);
  } catch (error) {
    if (!existsSync(file)) throw error;
    rmSync(own, { recursive: true });
  }
  return file;
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const folder of ['src/main', 'src/shared'])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(root, folder, name)));
  return hash.digest('hex').slice(0, 16);
}
