import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '@shared/api/app';
import { probe } from './probe';

/** Programs of others: adb, a C++ compiler, Electron, the operating system's key store. */
export async function toolParts(appRoot: string): Promise<Part[]> {
  return [await adb(), await compiler(), electron(appRoot), await keyStore()];
}

const found = (name: string, version: string | undefined): Part => ({
  name,
  state: 'found',
  lost: '',
  remedy: '',
  ...(version === undefined ? {} : { version }),
});

async function adb(): Promise<Part> {
  const { code, output } = await probe('adb', ['version']);
  const version = /^Version (\S+)/m.exec(output)?.[1] ?? /version (\S+)/.exec(output)?.[1];
  if (code === 0) return found('adb', version);
  return {
    name: 'adb',
    state: 'missing',
    lost: 'Android devices.',
    remedy: "Install Android's platform tools (Debian: apt install adb) and have adb on the PATH.",
  };
}

async function compiler(): Promise<Part> {
  for (const command of [process.env['CXX'], 'c++', 'g++', 'clang++', 'cl']) {
    if (!command) continue;
    const { code, output } = await probe(command, ['--version']);
    if (code === 0) return found('C++ compiler', output.split('\n')[0]?.trim());
  }
  return {
    name: 'C++ compiler',
    state: 'missing',
    lost: 'Building native parts; what is built already goes on working.',
    remedy:
      'Debian: apt install g++ make; macOS: xcode-select --install; Windows: Visual Studio build tools.',
  };
}

function electron(appRoot: string): Part {
  const version = process.versions['electron'];
  if (version) return found('Electron', version);
  const folder = join(appRoot, 'node_modules', 'electron');
  const given = process.env['ELECTRON_EXEC_PATH'];
  const note = join(folder, 'path.txt');
  const binary =
    given ?? (existsSync(note) ? join(folder, 'dist', readFileSync(note, 'utf8').trim()) : undefined);
  if (binary && existsSync(binary)) return found('Electron', given ? `at ${given}` : versionIn(folder));
  return {
    name: 'Electron',
    state: 'missing',
    lost: 'The desktop window; npm start opens the same workbench in the browser.',
    remedy:
      'npm start fetches it where its download can be reached; ELECTRON_EXEC_PATH names one of your own.',
  };
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'dist', 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Where the desktop app keeps tokens: Electron's safeStorage uses the Keychain, DPAPI, or a Secret Service on Linux. */
async function keyStore(): Promise<Part> {
  if (process.platform === 'darwin') return found('key store', 'Keychain');
  if (process.platform === 'win32') return found('key store', 'Data Protection API');
  const bus =
    '--session --dest=org.freedesktop.DBus --print-reply --reply-timeout=2000 /org/freedesktop/DBus';
  const call = 'org.freedesktop.DBus.ListActivatableNames';
  const listed = await probe('dbus-send', [...bus.split(' '), call]);
  if (/org\.freedesktop\.secrets|org\.kde\.kwalletd/.test(listed.output))
    return found('key store', 'Secret Service');
  return {
    name: 'key store',
    state: 'missing',
    lost: 'Keeping tokens of cloud endpoints; an environment variable serves instead.',
    remedy: 'Log in to a desktop with GNOME Keyring or KWallet.',
  };
}
