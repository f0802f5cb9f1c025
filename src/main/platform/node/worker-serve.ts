import { parentPort as threadPort } from 'node:worker_threads';
import { isAppError } from '@shared/error/app-error';
import type { WorkerReply } from './worker-call';

/** The worker's end of its channel: a forked process's IPC, Electron's parent port, or a thread's. */
export interface WorkerChannel {
  post(reply: WorkerReply): void;
  onRequest(listener: (request: unknown) => void): void;
}

export type WorkerTask = (request: unknown, onProgress: (progress: unknown) => void) => Promise<unknown>;

/** Serves requests with a task; the caller ends the process when it has its answer. */
export function serveWorker(channel: WorkerChannel, task: WorkerTask): void {
  channel.onRequest((request) => {
    task(request, (progress) => channel.post({ type: 'progress', progress })).then(
      (result) => channel.post({ type: 'result', result }),
      (error: unknown) => channel.post(replyOf(error)),
    );
  });
}

function replyOf(error: unknown): WorkerReply {
  if (isAppError(error))
    return { type: 'error', code: error.code, message: error.message, details: error.details };
  return { type: 'bug', stack: error instanceof Error ? (error.stack ?? String(error)) : String(error) };
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** The channel of this process or thread, however it was started. */
export function parentChannel(): WorkerChannel {
  const { parentPort } = process as typeof process & { parentPort?: ParentPort };
  if (parentPort)
    return {
      post: (reply) => parentPort.postMessage(reply),
      onRequest: (listener) => parentPort.on('message', (event) => listener(event.data)),
    };
  const thread = threadPort;
  if (thread)
    return {
      post: (reply) => thread.postMessage(reply),
      onRequest: (listener) => thread.on('message', listener),
    };
  // Without a parent there is nobody to work for.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (reply) => process.send?.(reply),
    onRequest: (listener) => process.on('message', listener),
  };
}
