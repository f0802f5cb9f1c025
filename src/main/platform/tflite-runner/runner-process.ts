import { randomBytes } from 'node:crypto';
import { AppError } from '@shared/error/app-error';
import type { RunnerEvent } from '@shared/runner/events';
import { RunnerReader } from '@shared/runner/reader';
import { runChild } from '../node/child-process';

/** The runner's options by name, without the dashes; undefined ones are left out. */
export type RunnerOptions = Readonly<Record<string, string | number | undefined>>;

export interface RunnerFiles {
  /** The runner's executable. */
  readonly runner: string;
  /** The TensorFlow Lite library that it loads. */
  readonly library: string;
}

export interface RunnerRequest extends RunnerFiles {
  /** A program (and its arguments) that starts the runner. */
  readonly through?: readonly string[];
  readonly mode: 'bench' | 'memory' | 'profile' | 'run' | 'calibrate';
  readonly modelPath: string;
  readonly options: RunnerOptions;
  readonly input?: AsyncIterable<Uint8Array>;
  readonly onEvent: (event: RunnerEvent) => void;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the runner on this computer to its "end" line. Rejects with `runtime.failed` when it crashed, was killed, or said why
 * it cannot; with `timeout` when it fell silent.
 */
export async function runRunner(request: RunnerRequest): Promise<void> {
  const nonce = randomBytes(8).toString('hex');
  const reader = new RunnerReader(nonce, request.onEvent);
  const [command = request.runner, ...front] = [...(request.through ?? []), request.runner];
  const exit = await runChild({
    command,
    args: [
      ...front,
      request.mode,
      ...flags({ nonce, lib: request.library, model: request.modelPath }),
      ...flags(request.options),
    ],
    onOutput: (bytes) => reader.push(bytes),
    ...(request.input ? { input: request.input } : {}),
    silenceMs: request.silenceMs ?? 120_000,
    signal: request.signal,
  }).catch((cause: unknown) => {
    if (cause instanceof Error && 'syscall' in cause)
      throw new AppError('runtime.unavailable', `The runner cannot be started: run the set-up again.`, {
        cause,
      });
    throw cause;
  });
  const { end } = reader;
  if (end?.status === 'ok') return;
  const file = request.modelPath;
  if (end)
    throw new AppError(
      'runtime.failed',
      `TensorFlow Lite does not run '${file}': ${tidy(end.message ?? '')}.`,
      {
        details: { stage: end.stage ?? 'unknown' },
      },
    );
  const how = exit.signalName ? `it was ended by ${exit.signalName}` : `it left with status ${exit.code}`;
  const said = tidy(exit.errors.trim().split('\n').at(-1) ?? '');
  throw new AppError(
    'runtime.failed',
    `TensorFlow Lite broke down on '${file}' (${reader.broken ?? how}${said ? `: ${said}` : ''}).`,
    { details: { stage: 'process' } },
  );
}

export const flags = (options: RunnerOptions): string[] =>
  Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}`, String(value)]));

/** A message of the runtime as one sentence part: without its makers' folders, and without a full stop. */
const tidy = (text: string): string =>
  text
    .trim()
    .replaceAll(/\S*\/(?=tensorflow\/lite\/)/g, '')
    .replace(/\.$/, '')
    .slice(0, 500);
