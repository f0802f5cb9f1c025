// node_modules/.edgebench/parts.json remembers, per clone, which build of each native part was put in place.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inModules } from './places.mjs';

const file = () => inModules('.edgebench', 'parts.json');

export function stampOf(part) {
  return existsSync(file()) ? JSON.parse(readFileSync(file(), 'utf8'))[part] : undefined;
}

export function setStamp(part, key) {
  const all = existsSync(file()) ? JSON.parse(readFileSync(file(), 'utf8')) : {};
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), `${JSON.stringify({ ...all, [part]: key }, null, 2)}\n`);
}
