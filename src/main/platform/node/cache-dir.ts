import { homedir } from 'node:os';
import { join } from 'node:path';

/** The per-user folder for downloaded parts; EDGEBENCH_CACHE_DIR moves it. build/ knows the same rule. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const own = env['EDGEBENCH_CACHE_DIR'];
  if (own) return own;
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'edgebench');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'edgebench');
  return join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'edgebench');
}
