import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partSchema } from '@shared/api/app';
import { listParts } from '@main/platform/node/parts';
import { temporaryFolder } from '../../../support/temporary-folder';

const root = resolve(__dirname, '../../../..');

describe('the list of parts', () => {
  it('finds the addons of this checkout and tells their versions', async () => {
    const parts = await listParts(root);
    for (const part of parts) expect(partSchema.parse(part)).toEqual(part);
    const byName = new Map(parts.map((part) => [part.name, part]));
    expect(byName.get('Node')?.version).toBe(process.versions.node);
    expect(byName.get('sqlite3')).toMatchObject({
      state: 'found',
      version: expect.stringMatching(/^6\..*SQLite 3\./),
    });
    expect(byName.get('Android runner (arm64-v8a)')?.state).toBe('found');
  });

  it('says of every missing part what is lost and what to do', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{}');
    const parts = await listParts(folder);
    const missing = parts.filter((part) => part.state !== 'found');
    expect(missing.map((part) => part.name)).toEqual(
      expect.arrayContaining(['sqlite3', 'tfjs-node', 'tfjs-tflite-node']),
    );
    expect(missing.filter((part) => part.lost === '' || part.remedy === '')).toEqual([]);
  });

  it('calls an addon that is installed but does not load broken', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{}');
    mkdirSync(join(folder, 'node_modules/sqlite3'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/sqlite3/package.json'), '{"version":"0.0.0"}');
    const parts = await listParts(folder);
    expect(parts.find((part) => part.name === 'sqlite3')?.state).toBe('broken');
  });
});
