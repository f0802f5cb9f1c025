import { utilityProcess } from 'electron';
import type { EngineChild } from '../engine-process/engine-process';

/** Starts the engine as Electron's utility process. */
export function utilityEngine(script: string, args: readonly string[]): EngineChild {
  const child = utilityProcess.fork(script, [...args], { serviceName: 'Edgebench engine', stdio: 'inherit' });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.once('exit', (code) => listener(`ended with status ${code}`)),
    kill: () => void child.kill(),
  };
}
