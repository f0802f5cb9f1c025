import type { EngineMessage } from './host/engine-process/messages';
import { asHostMessage, type HostMessage } from './host/engine-process/messages';

/** The engine's side of the line to its host: Electron's parent port, or Node's IPC channel. */
export interface ParentPort {
  post(message: EngineMessage): void;
  onMessage(listener: (message: HostMessage) => void): void;
  onDisconnect(listener: () => void): void;
}

interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Finds out how this process was started; undefined when nobody is at the other end. */
export function parentPort(): ParentPort | undefined {
  const utility = (process as unknown as { parentPort?: UtilityParentPort }).parentPort;
  if (utility) {
    return {
      post: (message) => utility.postMessage(message),
      onMessage: (listener) =>
        utility.on('message', ({ data }) => {
          const message = asHostMessage(data);
          if (message) listener(message);
        }),
      // A utility process ends with its parent.
      onDisconnect: () => undefined,
    };
  }
  const send = process.send?.bind(process);
  if (!send) return undefined;
  return {
    post: (message) => {
      if (process.connected) send(message);
    },
    onMessage: (listener) =>
      void process.on('message', (raw) => {
        const message = asHostMessage(raw);
        if (message) listener(message);
      }),
    onDisconnect: (listener) => void process.once('disconnect', listener),
  };
}
