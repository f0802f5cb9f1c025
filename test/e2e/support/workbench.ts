import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, type Page } from '@playwright/test';

export const root = resolve(__dirname, '../../..');
export const cli = join(root, 'out/main/cli.js');

/** A browser workbench of the built program on a data folder of its own. */
export interface Workbench {
  readonly url: string;
  readonly folder: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Process id of its engine; only where /proc tells. */
  enginePid(): number;
  stop(): Promise<void>;
}

/** Starts `edgebench serve`; `prepare` may fill the data folder first. */
export async function startWorkbench(prepare?: (dataDir: string) => void): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-e2e-'));
  const dataDir = join(folder, 'data');
  prepare?.(dataDir);
  const child = spawn(process.execPath, [cli, '--data-dir', dataDir, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((found, failed) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const [address] = /http:\/\/\S+/.exec(text) ?? [];
      if (address) found(address);
    });
    child.once('exit', (code) => failed(new Error(`serve ended with status ${code}: ${text}`)));
  });
  return {
    url,
    folder,
    dataDir,
    process: child,
    enginePid: () => engineOf(child.pid ?? 0),
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Process id of the engine that a host has started; only where /proc tells. */
export function engineOf(hostPid: number): number {
  const engine = childrenOf(hostPid).find(isEngine);
  if (engine === undefined) throw new Error(`process ${hostPid} has no engine`);
  return engine;
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const isEngine = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine.js');

/** One command of the built program. */
export function runCli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', timeout: 60_000 });
}

export function runScript(file: string, ...args: string[]): void {
  execFileSync(process.execPath, [file, ...args], { stdio: 'inherit' });
}

/** Collects what a page must never say: errors, failed scripts, breaches of its security policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

/** Opens the workbench and waits for its engine. */
export async function openWorkbench(page: Page, { url }: Workbench): Promise<void> {
  await page.goto(url);
  await expect(page.getByText('Engine running')).toBeVisible();
}

export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place }).click();
  await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible();
}
