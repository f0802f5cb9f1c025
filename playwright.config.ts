import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

// Workers drive an old Electron, whose Chromium lacks what Playwright's own script calls.
const shim = `--require=${JSON.stringify(join(__dirname, 'test/electron/pw-legacy.cjs'))}`;
if (!process.env['NODE_OPTIONS']?.includes(shim))
  process.env['NODE_OPTIONS'] = [process.env['NODE_OPTIONS'], shim].filter(Boolean).join(' ');

// Window tests: the workbench in Debian's Chromium and in a real Electron. What they drive is built by set-up.
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  globalSetup: './test/support/own-adb-server.ts',
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  outputDir: 'test-results',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
