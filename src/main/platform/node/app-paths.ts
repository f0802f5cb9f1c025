import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The program's own folder: the one with `resources/recipes` above the running file (a clone, or the packaged app). */
export function findAppRoot(from = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'resources', 'recipes'))) return folder;
    if (dirname(folder) === folder) throw new Error(`no resources folder above ${from}`);
  }
}

/** Where runs and variants are kept unless --data-dir or EDGEBENCH_DATA_DIR says otherwise. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const own = env['EDGEBENCH_DATA_DIR'];
  if (own) return own;
  if (platform === 'win32')
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Edgebench', 'data');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Edgebench', 'data');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'edgebench');
}

export function appVersion(root = findAppRoot()): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
