// npm run nemesis [-- --blows N] [--seed N] [--arm64]: the overnight plan for as long as it takes (a blow each four seconds or so, a
// hundred unless said otherwise), with devices of both processors when asked. The seed of a failure replays its blows.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { blows: { type: 'string' }, seed: { type: 'string' }, arm64: { type: 'boolean' } },
});
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const seed = values.seed ?? String(Math.floor(Math.random() * 1e6));
console.log(`seed ${seed}`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/integration/nemesis.spec.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      EDGEBENCH_SEED: seed,
      EDGEBENCH_NEMESIS_BLOWS: values.blows ?? '100',
      EDGEBENCH_NEMESIS_ARM64: values.arm64 ? '1' : '',
    },
  },
);
process.exit(status ?? 1);
