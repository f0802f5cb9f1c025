#!/usr/bin/env node
/** npm run gen: writes docs/operators.md from the converter's registry, which only a bundler can read. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createServer } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const server = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  resolve: { alias: { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') } },
});
try {
  const { operatorsDocument } = await server.ssrLoadModule('/build/gen/operators-document.ts');
  writeFileSync(join(root, 'docs/operators.md'), operatorsDocument());
} finally {
  await server.close();
}
