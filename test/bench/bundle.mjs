import { join } from 'node:path';
import { build } from 'vite';

/** Bundles test/bench/NAME.ts and all it imports of ours into one CommonJS file in `folder`; returns its path. */
export async function bundle(root, name, folder) {
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
    ssr: { noExternal: /^zod/, target: 'node' },
    build: {
      ssr: join(root, `test/bench/${name}.ts`),
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { output: { format: 'cjs', entryFileNames: `${name}.cjs`, codeSplitting: false } },
    },
  });
  return join(folder, `${name}.cjs`);
}
