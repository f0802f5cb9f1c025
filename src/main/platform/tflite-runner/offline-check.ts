import { networkInterfaces } from 'node:os';
import { isAppError } from '@shared/error/app-error';
import type { OfflineCheck } from '@main/ports/offline-check';
import { runChild } from '../node/child-process';
import type { RunnerParts } from './parts';
import { runRunner } from './runner-process';

/** Starts a program in a network namespace of its own, which has no interface that is up: not even the loopback. */
const CUT = ['unshare', '--net', '--map-root-user'];
const INTERFACES =
  'process.stdout.write(JSON.stringify(Object.keys(require("node:os").networkInterfaces())))';

/** Through Linux's network namespaces; not measured elsewhere, nor where they may not be made. */
export class NamespaceOfflineCheck implements OfflineCheck {
  readonly #parts: RunnerParts;
  #canCut: Promise<boolean> | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  async answers(
    modelPath: string,
    signature: string | undefined,
    signal?: AbortSignal,
  ): Promise<boolean | undefined> {
    if (!(await (this.#canCut ??= networkCanBeCut()))) return undefined;
    let samples = 0;
    try {
      await runRunner({
        ...this.#parts.files(),
        through: CUT,
        mode: 'bench',
        modelPath,
        options: { signature, threads: 1, 'warmup-runs': 0, 'min-samples': 1, 'min-seconds': 0 },
        onEvent: (event) => {
          if (event.ev === 'samples') samples += 1;
        },
        signal,
      });
      return samples > 0;
    } catch (error) {
      if (signal?.aborted || !isAppError(error)) throw error;
      return false;
    }
  }
}

/** Tried, not assumed: a program started so must see no interface where this one sees some. */
async function networkCanBeCut(): Promise<boolean> {
  if (process.platform !== 'linux' || Object.keys(networkInterfaces()).length === 0) return false;
  const [command = '', ...args] = CUT;
  let said = '';
  try {
    const exit = await runChild({
      command,
      args: [...args, process.execPath, '-e', INTERFACES],
      onOutput: (bytes) => {
        said += Buffer.from(bytes).toString('utf8');
      },
      silenceMs: 10_000,
    });
    return exit.code === 0 && said === '[]';
  } catch {
    return false;
  }
}
