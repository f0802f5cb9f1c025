// npm run bench:cloud: what the load generator itself costs, whether a stall is seen as it was, whether the simulated networks
// are what they say, and whether break-even points agree with a brute-force simulation. Fails when a bar is missed; run it on
// an idle machine. `npm run bench:cloud -- overhead stall networks break-even` takes those parts alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const work = mkdtempSync(join(tmpdir(), 'edgebench-bench-'));
try {
  for (const [entry, name] of [
    ['test/bench/cloud.ts', 'bench'],
    ['test/bench/cloud-stalling-server.ts', 'server'],
    ['src/main/worker.ts', 'worker'],
  ])
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      resolve: { alias: { '@shared': join(root, 'src/shared'), '@main': join(root, 'src/main') } },
      ssr: { noExternal: /^zod/ },
      build: {
        ssr: join(root, entry),
        outDir: work,
        emptyOutDir: false,
        minify: false,
        rollupOptions: {
          output: { format: 'cjs', entryFileNames: `${name}.js`, chunkFileNames: `${name}/[name]-[hash].js` },
        },
      },
    });
  process.exitCode =
    spawnSync(process.execPath, [join(work, 'bench.js'), work, ...process.argv.slice(2)], {
      stdio: 'inherit',
    }).status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
