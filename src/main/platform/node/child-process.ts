import { spawn } from 'node:child_process';
import { AppError } from '@shared/error/app-error';

export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Each piece of standard output as it comes. */
  readonly onOutput: (bytes: Uint8Array) => void;
  /** Written to standard input, waiting whenever the child is slower; input ends after the last piece. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Killed when no output came for so long. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ChildExit {
  /** Exit status, or null when a signal ended it. */
  readonly code: number | null;
  readonly signalName: NodeJS.Signals | null;
  /** The last 16 KiB of standard error. */
  readonly errors: string;
}

const ERRORS_KEPT = 16 * 1024;

/**
 * Runs a program to its end without a shell. A cancelled or silent child is killed at once, and what was thrown by the
 * input or the output handler is thrown here; an exit status other than 0 is for the caller to judge.
 */
export async function runChild(request: ChildRequest): Promise<ChildExit> {
  request.signal?.throwIfAborted();
  const child = spawn(request.command, request.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(request.env ? { env: request.env } : {}),
  });
  let failure: unknown;
  let errors = '';
  const stop = (reason: unknown): void => {
    failure ??= reason;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => stop(request.signal?.reason);
  request.signal?.addEventListener('abort', onAbort, { once: true });

  const watch = silenceWatch(request.silenceMs, () =>
    stop(
      new AppError(
        'timeout',
        `The runtime said nothing for ${(request.silenceMs ?? 0) / 1000} s and was ended.`,
      ),
    ),
  );
  child.stdout.on('data', (bytes: Buffer) => {
    watch.heard();
    try {
      request.onOutput(bytes);
    } catch (error) {
      stop(error);
    }
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors = (errors + bytes.toString('utf8')).slice(-ERRORS_KEPT);
  });
  // A child that ends early closes its input: what it says and its exit status tell more than the broken pipe.
  child.stdin.on('error', () => child.stdin.destroy());

  const ended = new Promise<ChildExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => resolve({ code, signalName, errors }));
  });
  try {
    const feeding = feed(child.stdin, request.input, () => failure !== undefined, watch.heard).catch(stop);
    const exit = await ended;
    if (failure !== undefined) throw failure;
    await feeding;
    return exit;
  } finally {
    watch.end();
    request.signal?.removeEventListener('abort', onAbort);
  }
}

function silenceWatch(limitMs: number | undefined, onSilence: () => void) {
  if (limitMs === undefined) return { heard: () => undefined, end: () => undefined };
  let timer = setTimeout(onSilence, limitMs);
  return {
    heard(): void {
      clearTimeout(timer);
      timer = setTimeout(onSilence, limitMs);
    },
    end: (): void => clearTimeout(timer),
  };
}

async function feed(
  stdin: NodeJS.WritableStream & { destroyed?: boolean },
  input: AsyncIterable<Uint8Array> | undefined,
  stopped: () => boolean,
  onWritten: () => void,
): Promise<void> {
  for await (const piece of input ?? []) {
    if (stopped() || stdin.destroyed) return;
    if (!stdin.write(piece)) await drained(stdin);
    onWritten();
  }
  stdin.end();
}

const drained = (stdin: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stdin.off('drain', done);
      stdin.off('close', done);
      resolve();
    };
    stdin.on('drain', done);
    stdin.on('close', done);
  });
