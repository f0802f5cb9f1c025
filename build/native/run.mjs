import { spawn } from 'node:child_process';
import { Problem } from './problem.mjs';

/**
 * Runs a program to its end without a shell and gives {code, out, tail}: standard output, and the last lines of
 * both streams. Never rejects: a program that cannot be started has code 127. `timeoutMs` ends it (code 124).
 */
export function run(command, args, { cwd, env = process.env, timeoutMs = 1_800_000, shell = false } = {}) {
  return new Promise((done) => {
    const plain = { ...env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const child = spawn(command, args, { cwd, env: plain, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let tail = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const keep = (text) => (tail = (tail + text).slice(-8000));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out = (out + text).slice(-1_000_000);
      keep(text);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      clearTimeout(timer);
      done({ code: 127, out, tail: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code: late ? 124 : (code ?? 1), out, tail });
    });
  });
}

/** Runs npm with the same npm that runs us, when there is one. */
export function npm(args, options = {}) {
  const cli = process.env['npm_execpath'];
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  const windows = process.platform === 'win32';
  return run(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows });
}

/** The line of a program's output that says best why it failed. */
export function failureLine(tail) {
  const plain = tail.replaceAll(COLOURS, '');
  const lines = plain.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => TELLING.test(line) && !EMPTY.test(line));
  const best = telling.find((line) => /error/i.test(line));
  return (best ?? telling[0] ?? lines.filter(Boolean).pop() ?? 'no message').replace(/\.$/, '').slice(0, 200);
}

const COLOURS = new RegExp(String.raw`\u001b\[[0-9;]*m`, 'g');
const TELLING = /error|ERR!|not found|cannot|could not|no such|denied|unresolved/i;
/** Lines that announce an error without telling it, and stack frames. */
const EMPTY = /:$|^at |^npm (error|ERR!)( code \w+| A complete log.*)?$|^gyp (ERR!|info)/i;

/** The first of the commands that can be started (asked with --version), or a Problem that says `otherwise`. */
export async function firstCommand(names, otherwise) {
  for (const name of names.filter(Boolean)) {
    const { code } = await run(name, ['--version'], { timeoutMs: 20_000 });
    if (code === 0) return name;
  }
  throw new Problem(otherwise);
}

export const cxxCompiler = () =>
  firstCommand(
    [process.env['CXX'], 'c++', 'g++', 'clang++'],
    'no C++ compiler was found; install one (Debian: apt install g++ make, macOS: xcode-select --install)',
  );

export const cCompiler = () =>
  firstCommand(
    [process.env['CC'], 'cc', 'gcc', 'clang'],
    'no C compiler was found; install one (Debian: apt install gcc, macOS: xcode-select --install)',
  );
