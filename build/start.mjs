#!/usr/bin/env node
// npm start: the desktop window when Electron can be had within seconds, else the same workbench in the browser.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { electronBinary } from './electron-binary.mjs';
import { root } from './native/places.mjs';

const browser = process.argv.includes('--browser');
const rest = process.argv.slice(2).filter((argument) => argument !== '--browser');
const found = browser
  ? { reason: 'the browser was asked for' }
  : await electronBinary((text) => console.error(text));

if (found.path) {
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  follow(found.path, [root, ...sandbox, ...rest]);
} else {
  if (!browser)
    console.error(`No Electron here (${found.reason}); opening the workbench in the browser instead.`);
  follow(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', '--open', ...rest]);
}

function follow(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`It could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
