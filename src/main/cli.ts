import { keepCompiledCode } from './platform/node/compile-cache';

/** Commands that a start is kept for by itself; the others share one. */
const KEPT_APART = ['convert', 'bench'];

const argv = process.argv.slice(2);
keepCompiledCode(__dirname, KEPT_APART.find((name) => argv.includes(name)) ?? 'others');

void import('./command-line').then(async ({ commandLine }) => {
  // Handles that native libraries keep open must not keep the command from ending.
  process.exit(await commandLine(argv, __dirname));
});
