import { spawn } from 'node:child_process';
import { cliFile } from './worker-bundle';

export interface CliResult {
  readonly status: number | null;
  readonly output: string;
  /** Progress and messages. */
  readonly errors: string;
}

export interface CliCall {
  readonly done: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the command line of this checkout with a data folder and an ADB server of its own. */
export async function startCli(dataDir: string, adbPort: number, args: readonly string[]): Promise<CliCall> {
  const child = spawn(process.execPath, [await cliFile(), ...args], {
    env: { ...process.env, EDGEBENCH_DATA_DIR: dataDir, ANDROID_ADB_SERVER_PORT: String(adbPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const done = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output, errors }));
  });
  return {
    done,
    kill: (signal) => void child.kill(signal),
  };
}

export const runCli = async (dataDir: string, adbPort: number, args: readonly string[]): Promise<CliResult> =>
  (await startCli(dataDir, adbPort, args)).done;
