import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inModules, root } from './native/places.mjs';

const PROBE_MS = 4000;
const START_MS = 5000;
const DOWNLOAD_MS = 300_000;

/**
 * Finds or fetches an Electron binary: {path, version}, else {reason}. Decides within seconds: the environment's
 * (ELECTRON_EXEC_PATH), the one in node_modules, else a download, only when its server answers at once.
 */
export async function electronBinary(say = () => {}) {
  const given = process.env['ELECTRON_EXEC_PATH'];
  if (given) return started(given, `ELECTRON_EXEC_PATH is no Electron that starts: ${given}`);
  const require = createRequire(join(root, 'package.json'));
  let folder;
  try {
    folder = dirname(require.resolve('electron/package.json'));
  } catch {
    return { reason: 'the npm package electron is not installed' };
  }
  const local = () => {
    const note = join(folder, 'path.txt');
    return existsSync(note) ? join(folder, 'dist', readFileSync(note, 'utf8').trim()) : undefined;
  };
  if (local()) return started(local(), 'the Electron in node_modules does not start');
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return { reason: 'ELECTRON_SKIP_BINARY_DOWNLOAD is set' };
  const address = await downloadAddress(require);
  const refusal = address ? await unreachable(address) : undefined;
  if (refusal) return { reason: refusal };
  say('Fetching Electron, once');
  const code = await exitOf(
    spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'inherit' }),
    DOWNLOAD_MS,
  );
  if (code !== 0 || !local()) return { reason: 'its download did not succeed' };
  return started(local(), 'the downloaded Electron does not start');
}

/** Where Electron's own installer would download from; its download library knows, mirror settings included. */
async function downloadAddress(require) {
  try {
    const { getArtifactRemoteURL } = await import(
      pathToFileURL(inModules('@electron/get/dist/artifact-utils.js')).href
    );
    const { version } = require('electron/package.json');
    const artifact = { artifactName: 'electron', platform: process.platform, arch: process.arch };
    return await getArtifactRemoteURL({ ...artifact, version: `v${version}` });
  } catch {
    return undefined; // another version of the library: the installer decides, within the time it is given
  }
}

async function unreachable(address) {
  try {
    const answer = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok ? undefined : `its download answers ${answer.status}`;
  } catch (error) {
    return `its download cannot be reached: ${error.cause?.code ?? error.name}`;
  }
}

async function started(path, otherwise) {
  if (!existsSync(path)) return { reason: otherwise };
  const child = spawn(path, ['--version', '--no-sandbox'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let version = '';
  child.stdout.on('data', (text) => (version += text));
  return (await exitOf(child, START_MS)) === 0 ? { path, version: version.trim() } : { reason: otherwise };
}

function exitOf(child, limitMs) {
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const end = (code) => {
      clearTimeout(timer);
      done(code ?? 1);
    };
    child.on('error', () => end(127));
    child.on('exit', end);
  });
}
