// npm run bench:store: what the history costs at its promised size: saving a run of a million samples, opening a file of
// 100,000 runs, one page of it under every kind of filter, and comparing runs of millions of samples. Fails when a limit is
// missed; run it on an idle machine.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
// On the disk that histories are kept on: a file system in memory would hide what durability costs.
const work = mkdtempSync(join(process.env['EDGEBENCH_BENCH_DIR'] ?? tmpdir(), 'edgebench-store-'));
try {
  // Beside the packages, so that the database engine is found.
  const script = await bundle(root, 'store-limits', join(root, 'out/bench'));
  process.exitCode = spawnSync(process.execPath, [script, work], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
