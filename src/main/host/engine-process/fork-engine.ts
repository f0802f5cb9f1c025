import { fork } from 'node:child_process';
import type { EngineChild } from './engine-process';

/** Starts the engine as a child of Node: for the browser host, and for Electron where it has no utility processes. */
export function forkEngine(
  script: string,
  args: readonly string[],
  options: { readonly execPath?: string } = {},
): EngineChild {
  const child = fork(script, [...args], {
    ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    send: (message) => {
      if (child.connected) child.send(message);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      let told = false;
      const tell = (reason: string): void => {
        if (!told) listener(reason);
        told = true;
      };
      child.once('error', (error) => tell(error.message));
      child.once('exit', (code, signal) => tell(signal ? `ended by ${signal}` : `ended with status ${code}`));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
