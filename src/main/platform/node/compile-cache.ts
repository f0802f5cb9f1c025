import nodeModule from 'node:module';
import { join } from 'node:path';
import { cacheDir } from './cache-dir';

/** Keeps compiled code between starts where Node can (22.1 and newer); what cannot be kept is compiled anew. */
export function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(join(cacheDir(), 'compiled'));
}
