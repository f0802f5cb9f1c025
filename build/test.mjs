#!/usr/bin/env node
/**
 * npm test: everything that CI runs, in order; goes on after a failure to report all of them, and ends with the test
 * runners' own closing lines. Status 1 when any stage failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './native/places.mjs';

const require = createRequire(join(root, 'package.json'));
const script = (...path) => [join(root, ...path)];

/** The program that a package puts into node_modules/.bin, to be run by this Node. */
function bin(name, program = name) {
  const file = require.resolve(`${name}/package.json`);
  const { bin: bins } = require(file);
  return [join(dirname(file), typeof bins === 'string' ? bins : bins[program])];
}

const e2e =
  existsSync(join(root, 'test', 'e2e')) &&
  readdirSync(join(root, 'test', 'e2e')).some((name) => name.endsWith('.e2e.ts'));
const display = process.platform === 'linux' && !process.env['DISPLAY'] && existsSync('/usr/bin/xvfb-run');
const stages = [
  { name: 'set-up', args: () => [...script('build', 'setup.mjs'), '--for', 'test'], required: true },
  { name: 'packages for the tests', args: () => script('build', 'test-deps.mjs') },
  { name: 'lint', args: () => [...bin('oxlint'), '--deny-warnings'] },
  { name: 'format', args: () => [...bin('prettier'), '--check', '--log-level', 'warn', '.'] },
  { name: 'types', args: () => [...bin('tsc7', 'tsc'), '-p', 'tsconfig.node.json'] },
  { name: 'types of the renderer', args: () => [...bin('vue-tsc'), '--noEmit', '-p', 'tsconfig.web.json'] },
  {
    name: 'unit and integration tests',
    args: () => [...bin('vitest'), 'run'],
    closing: /^\s*(Test Files|Tests)\s/,
  },
  ...(e2e
    ? [
        {
          name: 'window tests',
          windows: true,
          args: () => [...bin('@playwright/test', 'playwright'), 'test'],
          closing: /^\s*\d+ (passed|failed|flaky|skipped)/,
        },
      ]
    : []),
];

const failed = [];
const closing = [];
for (const stage of stages) {
  const startMs = Date.now();
  console.log(`\n== ${stage.name}`);
  const code = await follow(stage);
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  console.log(`== ${stage.name}: ${code === 0 ? 'passed' : `FAILED (status ${code})`}, ${seconds} s`);
  if (code !== 0) failed.push(stage.name);
  if (code !== 0 && stage.required) break;
}
console.log(`\n== ${failed.length === 0 ? 'all stages passed' : `failed: ${failed.join(', ')}`}`);
for (const line of closing) console.log(line);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Under a virtual display when the stage opens windows and there is no other. */
function commandOf({ args, windows }) {
  const screen = ['-a', '-s', '-screen 0 1280x900x24'];
  return windows && display
    ? ['xvfb-run', [...screen, process.execPath, ...args()]]
    : [process.execPath, args()];
}

function follow(stage) {
  const { closing: wanted } = stage;
  return new Promise((done) => {
    const child = spawn(...commandOf(stage), { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      if (wanted) closing.push(...lines.filter((line) => wanted.test(plain(line))));
    });
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
  });
}

/** The line without its colours. */
function plain(line) {
  return line.replaceAll(new RegExp(String.raw`\u001b\[[0-9;]*m`, 'g'), '');
}
