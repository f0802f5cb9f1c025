import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(__dirname, '../..');

/** Builds a TypeScript entry and all it imports of ours into one CommonJS file in `folder`, for a child process to run. */
export async function bundleScript(entry: string, folder: string): Promise<string> {
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: {
      alias: {
        '@shared': join(root, 'src/shared'),
        '@main': join(root, 'src/main'),
        '@test': join(root, 'test'),
      },
    },
    build: {
      ssr: resolve(root, entry),
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'script.cjs', codeSplitting: false } },
    },
  });
  return join(folder, 'script.cjs');
}
