#!/usr/bin/env node
// Runs one of our generators, which are TypeScript: node build/gen.mjs samples
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './native/places.mjs';

const generators = { samples: 'build/samples/make-digits.ts' };

const [name] = process.argv.slice(2);
const entry = generators[name];
if (!entry) {
  console.error(`Use: node build/gen.mjs ${Object.keys(generators).join('|')}`);
  process.exit(2);
}
await build({
  configFile: false,
  root,
  logLevel: 'error',
  resolve: { alias: { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') } },
  build: {
    ssr: join(root, entry),
    outDir: join(root, 'out', 'gen'),
    emptyOutDir: false,
    rollupOptions: { output: { entryFileNames: `${name}.mjs` } },
  },
});
const { status } = spawnSync(process.execPath, [join(root, 'out', 'gen', `${name}.mjs`)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
