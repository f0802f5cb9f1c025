import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication } from '@playwright/test';

const root = resolve(__dirname, '../../..');

/** The Electron that window tests drive: path, whether it is the old one from the package registry; or why there is none. */
export interface TestElectron {
  readonly path?: string;
  readonly legacy: boolean;
  readonly reason?: string;
}

/** ELECTRON_EXEC_PATH, else Electron 9.4.1 through test/electron/get-electron.sh (Linux x86-64). */
export function testElectron(): TestElectron {
  const given = process.env['ELECTRON_EXEC_PATH'];
  if (given) return { path: given, legacy: false };
  const { status, stdout, stderr } = spawnSync('bash', [join(root, 'test/electron/get-electron.sh')], {
    encoding: 'utf8',
  });
  const path = stdout?.trim().split('\n').at(-1);
  if (status === 0 && path) return { path, legacy: true };
  return { legacy: true, reason: stderr?.trim().split('\n').at(-1) ?? 'bash cannot be started' };
}

/** Builds out/legacy for the old Electron: main, preload and renderer in the JavaScript it knows. */
export function buildLegacy(): void {
  const args = [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel',
    'error',
  ];
  const env = { ...process.env, LEGACY_ELECTRON: '1', ELECTRON_MAJOR_VER: '9' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`the build for the old Electron failed: ${(stdout + stderr).slice(-2000)}`);
}

/** Opens the window with `main` (a built main process) and the given arguments; needs a display. */
export function launchElectron(
  { path }: TestElectron,
  main: string,
  args: readonly string[] = [],
): Promise<ElectronApplication> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // The shim is for the test runner (playwright.config.ts), not for what it drives.
  const { NODE_OPTIONS: _shim, ...env } = process.env as Record<string, string>;
  return _electron.launch({
    ...(path ? { executablePath: path } : {}),
    args: [main, ...sandbox, ...args],
    env,
  });
}
