import { readFileSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { CONTENT_TYPES } from '../content-security-policy';

export interface StaticFile {
  readonly body: Buffer;
  readonly contentType: string;
}

/**
 * The renderer's file for a URL path, or undefined. Only regular files that really lie inside `folder` (links resolved)
 * are given; anything odd in the path - dots, backslashes, encoded slashes, NUL - is simply not found.
 */
export function staticFile(folder: string, urlPath: string): StaticFile | undefined {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return undefined; // malformed escapes name no file
  }
  if (path === '/') path = '/index.html';
  if (!/^\/[\w\-./]+$/.test(path) || path.includes('..') || path.includes('//')) return undefined;
  try {
    const root = realpathSync(folder);
    const file = realpathSync(join(root, path));
    if (!file.startsWith(root + sep) || !statSync(file).isFile()) return undefined;
    return {
      body: readFileSync(file),
      contentType: CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
    };
  } catch {
    return undefined; // no such file
  }
}
