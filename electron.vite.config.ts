import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

// LEGACY_ELECTRON=1 builds main, preload and renderer for the old Electron that the window test drives
// (the newest one that package registries carry). Nothing of that build is shipped.
const legacy = process.env['LEGACY_ELECTRON'] === '1';
// A little older than what it is for: Node 12 and Chromium 83 have private fields, but no private methods.
const outDir = legacy ? 'out/legacy' : 'out';

const alias = {
  '@shared': resolve(__dirname, 'src/shared'),
  '@main': resolve(__dirname, 'src/main'),
  '@renderer': resolve(__dirname, 'src/renderer/src'),
};

/** Node 12 cannot require('node:fs'); 'node:*' is external before resolveId runs, so the emitted calls are rewritten. */
const stripNodePrefix: Plugin = {
  name: 'strip-node-prefix',
  renderChunk: (code) =>
    legacy ? { code: code.replace(/require\((["'`])node:/g, 'require($1'), map: null } : null,
};

/** The page's JavaScript is lowered by the build; what the old Chromium's library lacks is added here. */
const oldChromium: Plugin = {
  name: 'old-chromium',
  transform: (code, id) =>
    legacy && id.endsWith('/src/renderer/src/main.ts')
      ? {
          code: `import ${JSON.stringify(resolve(__dirname, 'test/electron/chromium-83.js'))};\n${code}`,
          map: null,
        }
      : null,
};

/** Plain JavaScript that every command needs: a few files with what is used of it load faster than 150 with all of it. */
const bundled = ['@orpc/client', '@orpc/contract', '@orpc/server', 'commander', 'zod'];

const external = builtinModules.flatMap((name) => [name, `node:${name}`]);

export default defineConfig({
  main: {
    resolve: { alias },
    plugins: [stripNodePrefix],
    build: {
      externalizeDeps: { exclude: bundled },
      target: legacy ? 'node10' : 'node20.19',
      outDir: `${outDir}/main`,
      sourcemap: true,
      rollupOptions: {
        external,
        input: legacy
          ? { index: 'src/main/index.ts' }
          : {
              index: 'src/main/index.ts',
              cli: 'src/main/cli.ts',
              engine: 'src/main/engine.ts',
              worker: 'src/main/worker.ts',
            },
        output: {
          format: 'cjs',
          // A require() does not start Node's other module loader, and what it loads can be kept compiled.
          dynamicImportInCjs: false,
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    plugins: [stripNodePrefix],
    build: {
      target: legacy ? 'node10' : 'node20.19',
      outDir: `${outDir}/preload`,
      rollupOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    resolve: { alias },
    plugins: [vue(), oldChromium],
    build: {
      target: legacy ? 'es2020' : 'chrome111',
      outDir: `${outDir}/renderer`,
      rollupOptions: { input: resolve(__dirname, 'src/renderer/index.html') },
    },
  },
});
