import { readdirSync, readFileSync } from 'node:fs';

/** Octal flag in Linux's /proc/self/fdinfo (open(2)): the file closes by itself when a program is started. */
const CLOEXEC = 0o2000000;

const flagsOf = (fd: number): number =>
  parseInt(/^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0', 8);

function isPassedOn(fd: number): boolean {
  try {
    return (flagsOf(fd) & CLOEXEC) === 0;
  } catch {
    return false; // closed since it was listed
  }
}

/**
 * The open files beyond the standard three that a started program would inherit from this process; none where the system
 * does not tell (only Linux does). Electron leaves some open: whoever waits for their end waits for all who hold them.
 */
export function inheritedFiles(): number[] {
  try {
    return readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => fd > 2 && isPassedOn(fd));
  } catch {
    return [];
  }
}
