import type { WorkerKind, WorkerLauncher } from '@main/ports/worker';
import { AppError, type ErrorCode, type ErrorDetails } from '@shared/error/app-error';

/** What a worker answers: see worker-serve.ts. */
export type WorkerReply =
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'progress'; readonly progress: unknown }
  | {
      readonly type: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  | { readonly type: 'bug'; readonly stack: string };

export interface WorkerCall {
  readonly kind: WorkerKind;
  readonly request: unknown;
  /** What the user calls the thing that runs in there, for messages: "TensorFlow". */
  readonly title: string;
  /** Killed when it takes longer. */
  readonly timeoutMs: number;
  readonly onProgress?: (progress: unknown) => void;
  readonly signal?: AbortSignal | undefined;
  /** Sent when cancelled instead of ending the process at once: the worker answers with what it has, or is ended after a while. */
  readonly stopMessage?: unknown;
}

/** Longest time for a worker that was asked to stop; within what a user waits for a cancelled job. */
const STOP_TIMEOUT_MS = 1500;

/**
 * One request to a worker process of its own, which ends with it. Rejects with the worker's own AppError, with
 * `runtime.failed` when the process broke down, `timeout` when it took too long, and the signal's reason when cancelled.
 */
export function callWorker(launcher: WorkerLauncher, call: WorkerCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call.signal?.throwIfAborted();
    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
      act();
      worker.kill();
    };
    const worker = launcher.start(call.kind, {
      message(message) {
        const reply = message as WorkerReply;
        if (reply.type === 'progress') call.onProgress?.(reply.progress);
        else if (reply.type === 'result') settle(() => resolve(reply.result));
        else settle(() => reject(errorOf(reply)));
      },
      exit(code, signalName, errors) {
        settle(() => reject(brokenDown(call.title, code, signalName, errors)));
      },
    });
    const giveUp = (): void => settle(() => reject(call.signal?.reason as Error));
    const onAbort = (): void => {
      if (call.stopMessage === undefined) return giveUp();
      worker.post(call.stopMessage);
      setTimeout(giveUp, STOP_TIMEOUT_MS).unref();
    };
    const timer = setTimeout(() => settle(() => reject(tooLong(call))), call.timeoutMs);
    call.signal?.addEventListener('abort', onAbort, { once: true });
    worker.post(call.request);
  });
}

function errorOf(reply: Extract<WorkerReply, { type: 'error' | 'bug' }>): Error {
  if (reply.type === 'error') return new AppError(reply.code, reply.message, { details: reply.details });
  const bug = new Error('a worker process failed');
  bug.stack = reply.stack;
  return bug;
}

const tooLong = (call: WorkerCall): AppError =>
  new AppError('timeout', `${call.title} did not answer within ${call.timeoutMs / 1000} s and was ended.`);

function brokenDown(title: string, code: number | null, signalName: string | null, errors: string): AppError {
  const how = signalName ? `ended by ${signalName}` : `exit status ${code ?? 'unknown'}`;
  const said = errors.trim().split('\n').at(-1)?.slice(0, 500);
  return new AppError('runtime.failed', `${title} broke down (${how})${said ? `: ${said}` : ''}.`, {
    details: { stage: 'process' },
  });
}
