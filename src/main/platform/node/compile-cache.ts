import nodeModule from 'node:module';
import { join } from 'node:path';
import { cacheDir } from './cache-dir';
import { keepScripts } from './kept-scripts';

/**
 * Keeps compiled code between starts; what cannot be kept is compiled anew. Node does it itself from 22.1 on. Before, the
 * scripts in `folder` that are loaded from now on are kept; `use` is what this start is for, as each loads other functions.
 */
export function keepCompiledCode(folder: string, use: string): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  const kept = join(cacheDir(), 'compiled');
  if (enableCompileCache) enableCompileCache(kept);
  else keepScripts(folder, join(kept, `${use}.code`));
}
