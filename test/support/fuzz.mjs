// npm run fuzz [-- CASES]: every spec with a fuzz budget, with a long one (100,000 cases each unless said otherwise). A
// failure is replayed with the same EDGEBENCH_SEED.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const specs = readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.spec.ts'))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .filter((path) => readFileSync(path, 'utf8').includes('fuzzBudget('))
  .map((path) => relative(root, path));
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--testTimeout=3600000', ...specs],
  { cwd: root, stdio: 'inherit', env: { ...process.env, EDGEBENCH_FUZZ: process.argv[2] ?? '100000' } },
);
process.exit(status ?? 1);
