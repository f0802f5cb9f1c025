#!/usr/bin/env node
// What `npx edgebench` runs in a clone: the built command line, or the one line that says how to build it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', 'out', 'main', 'cli.js');
if (existsSync(program)) {
  createRequire(import.meta.url)(program);
} else {
  console.error(
    'Edgebench is not built yet: run "npm run setup" first (npm run demo and npm start do it themselves).',
  );
  process.exitCode = 1;
}
