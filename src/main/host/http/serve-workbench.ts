import { spawn } from 'node:child_process';
import { EngineProcess } from '../engine-process/engine-process';
import { forkEngine } from '../engine-process/fork-engine';
import { startHttpHost } from './http-host';

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens an address of ours (never one from outside) in the user's browser; failing to is no failure. */
function openBrowser(url: string): void {
  const [command = 'xdg-open', ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** Runs the browser workbench until it is told to stop (SIGINT, SIGTERM). Prints its address, which holds the token. */
export async function serveWorkbench(options: {
  readonly dataDir: string | undefined;
  readonly port: number;
  readonly open: boolean;
  readonly engineScript: string;
  readonly rendererDir: string;
}): Promise<void> {
  const args = options.dataDir === undefined ? [] : ['--data-dir', options.dataDir];
  const engine = new EngineProcess(
    () => forkEngine(options.engineScript, args),
    (message) => process.stderr.write(`The engine did not start: ${message}\n`),
  );
  const host = await startHttpHost({ engine, rendererDir: options.rendererDir, port: options.port });
  process.stdout.write(`Edgebench is at ${host.url}\nPress Ctrl-C to stop.\n`);
  if (options.open) openBrowser(host.url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await host.close();
  await engine.stop();
}
