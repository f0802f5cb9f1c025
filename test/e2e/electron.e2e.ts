import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type ElectronApplication, type Page } from '@playwright/test';
import { buildLegacy, launchElectron, testElectron } from './support/electron';
import { complaintsOf, engineOf, goTo, root } from './support/workbench';

const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY']);
const electron = hasDisplay ? testElectron() : { legacy: true, reason: 'there is no display; use xvfb-run' };
test.skip(electron.path === undefined, `no Electron to drive: ${electron.reason ?? ''}`);
test.describe.configure({ mode: 'serial' });

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

let app: ElectronApplication;
let program: ChildProcess | undefined;
let page: Page;
let complaints: string[];
const dataDir = mkdtempSync(join(tmpdir(), 'edgebench-electron-'));

test.beforeAll(async () => {
  if (electron.legacy) buildLegacy();
  const main = join(root, electron.legacy ? 'out/legacy/main/index.js' : 'out/main/index.js');
  process.env['EDGEBENCH_DATA_DIR'] = dataDir;
  if (electron.legacy) {
    // The old one has no utility processes: a Node runs the ordinary engine.
    process.env['EDGEBENCH_ENGINE_NODE'] = process.execPath;
    process.env['EDGEBENCH_ENGINE_SCRIPT'] = join(root, 'out/main/engine.js');
  }
  app = await launchElectron(electron, main, [`--user-data-dir=${join(dataDir, 'electron')}`]);
  program = app.process();
  page = await app.firstWindow();
  complaints = complaintsOf(page);
});

test.afterAll(() => {
  program?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

test('the window shows the workbench under its own scheme, with the engine running', async () => {
  expect(page.url()).toMatch(/^edgebench:\/\/app\/index\.html/);
  await expect(page.getByText('Engine running')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
});

test('calls go to the engine and back over the preload bridge', async () => {
  await page.getByRole('button', { name: 'Use the bundled sample' }).click();
  await expect(page.getByRole('article')).toContainText('TensorFlow SavedModel');
  await goTo(page, 'Devices');
  await expect(page.getByRole('heading', { name: 'This computer' })).toBeVisible();
  await goTo(page, 'History');
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
});

test('the page has no Node, and the bridge has one door', async () => {
  const kinds = '[typeof require, typeof process, typeof module, typeof Buffer].join()';
  expect(await page.evaluate(kinds)).toBe('undefined,undefined,undefined,undefined');
  expect(await page.evaluate('Object.keys(window.edgebench).join()')).toBe('open');
  expect(
    await page.evaluate(
      '(() => { try { window.edgebench.open = 1 } catch {} return typeof window.edgebench.open })()',
    ),
  ).toBe('function');
});

test('its window is sandboxed and isolated', async () => {
  const preferences = await app.evaluate(({ BrowserWindow }) => {
    const [contents] = BrowserWindow.getAllWindows().map((window) => window.webContents);
    const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = (
      contents as unknown as { getLastWebPreferences(): Record<string, unknown> }
    ).getLastWebPreferences();
    return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag: Boolean(webviewTag) };
  });
  expect(preferences).toEqual({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});

/** Under the test runner the old Electron's page hangs in window.open, so what it emits then is emitted here. */
const askForWindow = (): Promise<boolean> =>
  app.evaluate(({ BrowserWindow }) => {
    let isDenied = false;
    const event = { preventDefault: () => (isDenied = true) };
    const [contents] = BrowserWindow.getAllWindows().map(({ webContents }) => webContents);
    (contents as unknown as NodeJS.EventEmitter).emit('new-window', event, 'https://example.com/');
    return isDenied;
  });

test('pages elsewhere, new windows, and files outside are denied', async () => {
  const here = page.url();
  if (electron.legacy) expect(await askForWindow()).toBe(true);
  else await page.evaluate("void setTimeout(() => window.open('https://example.com/'))");
  for (const address of ['https://example.com/', 'file:///etc/passwd']) {
    await page.evaluate(`void setTimeout(() => (location.href = ${JSON.stringify(address)}))`);
    await page.waitForTimeout(300);
    expect(page.url()).toBe(here);
  }
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  const refused = (address: string): Promise<unknown> =>
    page.evaluate(
      `fetch(${JSON.stringify(address)}).then((answer) => answer.ok ? 'read' : 'refused', () => 'refused')`,
    );
  expect(await refused('edgebench://app/index.html')).toBe('read');
  expect(await refused('edgebench://app/..%2f..%2fpackage.json')).toBe('refused');
  expect(await refused('edgebench://elsewhere/index.html')).toBe('refused');
  expect(await refused('file:///etc/passwd')).toBe('refused');
});

test('inline scripts and permissions are denied', async () => {
  await page.evaluate(
    "(() => { const script = document.createElement('script'); script.textContent = 'window.broken = 1'; document.head.append(script); })()",
  );
  expect(await page.evaluate('window.broken')).toBeUndefined();
  expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
});

test('an engine that is killed comes back, and the list is still there', async () => {
  test.skip(process.platform !== 'linux' || !electron.legacy, 'the engine to kill is found through /proc');
  const told = page.getByRole('alert').getByText('The engine has stopped').waitFor();
  process.kill(engineOf(app.process().pid ?? 0), 'SIGKILL');
  await told;
  await expect(page.getByText('Engine running')).toBeVisible();
  await goTo(page, 'Models');
  await expect(page.getByRole('article')).toContainText('TensorFlow SavedModel');
});

test('nothing made the page complain but what was denied', () => {
  const expected =
    /Content Security Policy|Not allowed to load local resource|ERR_(FAILED|FILE_NOT_FOUND|ABORTED)/;
  expect(complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
});

test('asked to quit, the app ends, and its engine with it', async () => {
  const engine =
    process.platform === 'linux' && electron.legacy ? engineOf(app.process().pid ?? 0) : undefined;
  const ended = once(app.process(), 'exit');
  await app.evaluate(({ app: electronApp }) => setImmediate(() => electronApp.quit()));
  expect((await ended)[0]).toBe(0);
  if (engine !== undefined) await expect.poll(() => isRunning(engine)).toBe(false);
});
