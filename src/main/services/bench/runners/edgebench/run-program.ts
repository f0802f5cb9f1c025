import type { RunnerTarget } from '@main/ports/runner-target';
import { AppError } from '@shared/error/app-error';
import type { RunnerEvent } from '@shared/runner/events';
import { RunnerReader } from '@shared/runner/reader';
import type { PlacedKit } from './kits';
import { flagsOf, type RunnerOptions } from './options';

/** No line of ours for so long means that the runner hangs; the longest honest silence is one slow inference. */
const SILENCE_MS = 120_000;
/** Of what bears our nonce, and of what does not. */
const MOST_OUTPUT_BYTES = 64 << 20;
const MOST_NOISE_BYTES = 16 << 20;

/** What a shell answers for a program that it cannot start, and what a crash in its start looks like. */
export const CANNOT_START = new Set([126, 127, 139]);

export interface RunnerCall {
  readonly mode: 'probe' | 'bench' | 'memory' | 'profile';
  readonly options: RunnerOptions;
  readonly onEvent: (event: RunnerEvent) => void;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the runner on a target to its own "end" line, the only proof of success. Rejects with `runner.failed` when it broke down or
 * says why it cannot; with what the target rejects with when that is lost; the events that came are valid in any case.
 */
export async function runProgram(
  target: RunnerTarget,
  placed: Pick<PlacedKit, 'command' | 'library'>,
  call: RunnerCall,
): Promise<void> {
  const nonce = crypto.randomUUID().replaceAll('-', '');
  let heard = false;
  const reader = new RunnerReader(nonce, (event) => {
    heard = true;
    call.onEvent(event);
  });
  let bytes = 0;
  const exit = await target.execute({
    command: [...placed.command, call.mode, ...flagsOf({ nonce, lib: placed.library, ...call.options })],
    onOutput: (piece) => {
      bytes += piece.length;
      reader.push(piece);
      if (bytes > MOST_OUTPUT_BYTES || reader.noiseBytes > MOST_NOISE_BYTES)
        throw new AppError('runner.failed', `The runner on ${target.serial} prints without end.`);
    },
    timeoutMs: call.timeoutMs,
    silenceMs: SILENCE_MS,
    signal: call.signal,
  });
  const { end } = reader;
  if (end?.status === 'ok') return;
  const { exitStatus } = exit;
  const stage = end?.stage ?? 'process';
  const details = { serial: target.serial, stage, ...(exitStatus === undefined ? {} : { exitStatus }) };
  if (end)
    throw new AppError(
      'runner.failed',
      `The model does not run on ${target.serial}: ${tidy(end.message ?? 'no reason given')}${complaint(stage, exit.errors)}.`,
      { details },
    );
  const said = (exit.errors.trim() || reader.noise.trim()).split('\n').at(-1)?.slice(0, 300) ?? '';
  if (!heard && exitStatus !== undefined && exitStatus !== 139 && CANNOT_START.has(exitStatus))
    throw new AppError(
      'device.unsupported',
      `The runner does not start on ${target.serial} (status ${exitStatus}): ${said || 'no reason given'}.`,
      { details },
    );
  throw new AppError(
    'runner.failed',
    `The runner on ${target.serial} broke down: ${reader.broken ?? howItEnded(exit.exitStatus)}${said ? ` (${said})` : ''}.`,
    { details },
  );
}

/** Why an interpreter cannot be made, the runtime only says in its log. */
function complaint(stage: string, errors: string): string {
  const said = stage === 'interpreter' ? /^(?:WARNING|ERROR): (.+)$/m.exec(errors)?.[1] : undefined;
  return said === undefined ? '' : ` (${tidy(said)})`;
}

/** A message of the runtime as one sentence part: without its makers' folders, and without a full stop. */
const tidy = (text: string): string =>
  text
    .trim()
    .replaceAll(/\S*\/(?=tensorflow\/lite\/)/g, '')
    .replace(/\.$/, '')
    .slice(0, 500);

/** Above 128, a shell's status is a signal's number. */
function howItEnded(status: number | undefined): string {
  if (status === undefined || status === 0) return 'it ended without its last line';
  if (status === 137) return 'it was killed, most likely for want of memory';
  if (status > 128) return `it was ended by signal ${status - 128}`;
  return `it left with status ${status}`;
}
