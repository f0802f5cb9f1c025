import { runChild } from '../child-process';

const LIMIT_MS = 20_000;

export interface Probe {
  readonly ran: boolean;
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end to learn whether it is there; never fails. `output` is what it printed, at most 64 KiB. */
export async function probe(command: string, args: readonly string[], cwdModule?: string): Promise<Probe> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const onOutput = (chunk: Uint8Array): void => {
    if (bytes < 65_536) chunks.push(chunk);
    bytes += chunk.byteLength;
  };
  const env = {
    ...process.env,
    ELECTRON_RUN_AS_NODE: '1',
    TF_CPP_MIN_LOG_LEVEL: '3',
    EDGEBENCH_ROOT: cwdModule,
  };
  try {
    const { code } = await runChild({ command, args, env, onOutput, silenceMs: LIMIT_MS });
    return { ran: true, code, output: Buffer.concat(chunks).toString('utf8') };
  } catch {
    return { ran: false, code: null, output: '' };
  }
}

/** Runs a script in a Node of its own, where `load(name)` requires a package of the application in `appRoot`. */
export const probeNode = (appRoot: string, script: string): Promise<Probe> =>
  probe(process.execPath, ['-e', PRELUDE + script], appRoot);

const PRELUDE = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const load = require('node:module').createRequire(process.env.EDGEBENCH_ROOT + '/package.json');
`;
