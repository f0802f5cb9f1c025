import { readFileSync } from 'node:fs';
import type { Processes } from '@main/ports/processes';

/** Whether there is a process of that number now. */
export function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in the system's ticks, where Linux tells it (proc_pid_stat(5), field 22); empty elsewhere. */
function startOf(pid: number): string {
  try {
    // The second field is the program's name in brackets, which may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Processes of this machine, as "NUMBER:START". */
export const nodeProcesses: Processes = {
  self: `${process.pid}:${startOf(process.pid)}`,
  isAlive(name) {
    const [pid, start] = name.split(':');
    return processIsAlive(Number(pid)) && startOf(Number(pid)) === start;
  },
};
