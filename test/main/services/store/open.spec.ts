import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { MIGRATIONS } from '@main/services/store/migrations';
import { openDatabase } from '@main/services/store/open';
import { sampleRun } from '@test/support/sample-run';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';

const filled = async (path: string, runs: number): Promise<void> => {
  const store = await openStore(sqliteFiles, path);
  for (let i = 0; i < runs; i += 1) await store.runs.save(sampleRun({ id: `run-${i}` }));
  await store.noiseFloors.add('s', 'standard', 1);
  await store.close();
};

const scripted = async (path: string, sql: string): Promise<void> => {
  const database = await sqliteFiles.open(path);
  await database.script(sql);
  await database.close();
};

describe.skipIf(sqliteMissing)(`opening the database ${sqliteMissing ?? ''}`, () => {
  it('sets what durability and hostile files ask for', async () => {
    const { database } = await openDatabase(sqliteFiles, join(temporaryFolder(), 'a', 'b', 'history.db'));
    const pragma = async (name: string) => Object.values((await database.all(`PRAGMA ${name}`))[0]!)[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('trusted_schema')).toBe(0);
    expect(await pragma('busy_timeout')).toBe(10_000);
    expect(await pragma('user_version')).toBe(MIGRATIONS.length);
    await database.close();
  });

  it('leaves the file as it was when a migration fails at any of its statements, and keeps a backup', async () => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 2);
    const before = readFileSync(path);
    const statements = [
      'CREATE TABLE extra (a) STRICT_NOT;',
      'DELETE FROM run; CREATE TABLE run (a);',
      'DROP TABLE launch; nonsense;',
    ];
    for (const sql of statements) {
      const failing = openDatabase(sqliteFiles, path, [...MIGRATIONS, { name: '9999-bad.sql', sql }]);
      await expect(failing).rejects.toMatchObject({
        code: 'store.failed',
        message: expect.stringContaining('9999-bad.sql'),
      });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
    expect(existsSync(`${path}.before-format-${MIGRATIONS.length + 1}`)).toBe(true);
    const store = await openStore(sqliteFiles, path);
    expect(await store.count()).toBe(2);
    await store.close();
  });

  it('refuses a file of a newer version and does not change it', async () => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 1);
    await scripted(path, 'PRAGMA user_version = 99');
    const before = readFileSync(path);
    await expect(openStore(sqliteFiles, path)).rejects.toMatchObject({ code: 'store.newer' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses the database of another program and leaves it in place', async () => {
    const path = join(temporaryFolder(), 'history.db');
    await scripted(path, 'CREATE TABLE bookmarks (url TEXT)');
    await expect(openStore(sqliteFiles, path)).rejects.toMatchObject({ details: { reason: 'foreign' } });
    expect(readdirSync(join(path, '..'))).toEqual(['history.db']);
  });

  it.each([
    ['not a database', Buffer.from('hello, this is no database'.repeat(50))],
    ['a flipped header', undefined],
  ])('keeps %s aside and starts', async (_, content) => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 2);
    const bytes = content ?? readFileSync(path);
    if (content === undefined) bytes[0] = bytes[0]! ^ 0xff;
    writeFileSync(path, bytes);
    const store = await openStore(sqliteFiles, path);
    expect(store.notices).toEqual([expect.stringContaining('damaged-1')]);
    expect(readFileSync(`${path}.damaged-1`).equals(bytes)).toBe(true);
    await store.runs.save(sampleRun());
    await store.close();
  });

  it('starts from an empty file', async () => {
    const path = join(temporaryFolder(), 'history.db');
    writeFileSync(path, '');
    await filled(path, 1);
    expect(statSync(path).size).toBeGreaterThan(0);
  });

  it('recovers what is left of a file with zeroed pages, and never shows a run without all its samples as completed', async () => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 60);
    const bytes = readFileSync(path);
    const pages = bytes.length / 4096;
    // Every ninth page of the second half.
    for (let page = Math.floor(pages / 2); page < pages; page += 9)
      bytes.fill(0, page * 4096, (page + 1) * 4096);
    writeFileSync(path, bytes);
    const store = await openStore(sqliteFiles, path);
    expect(readFileSync(`${path}.damaged-1`).equals(bytes)).toBe(true);
    const { runs } = await store.list({}, { limit: 100 });
    expect(runs.length).toBeGreaterThan(10);
    const whole = runs.filter(({ status }) => status === 'completed');
    expect(whole.length).toBeGreaterThan(10);
    for (const { id } of whole) expect(await store.runs.get(id)).toEqual(sampleRun({ id }));
    const others = new Set(runs.map(({ status }) => status).filter((status) => status !== 'completed'));
    expect([...others].filter((status) => status !== 'interrupted')).toEqual([]);
    expect(readdirSync(join(path, '..')).filter((name) => name.includes('reading'))).toEqual([]);
    await store.close();
  });

  it.each([64, 5000, 40_000])('survives a file cut at %i bytes', async (length) => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 20);
    writeFileSync(path, readFileSync(path).subarray(0, length));
    const store = await openStore(sqliteFiles, path);
    expect(store.notices).toHaveLength(1);
    await store.runs.save(sampleRun({ id: 'after' }));
    await store.close();
  });

  it('does not live with a trigger that somebody planted', async () => {
    const path = join(temporaryFolder(), 'history.db');
    await filled(path, 3);
    await scripted(path, 'CREATE TRIGGER evil AFTER INSERT ON run BEGIN DELETE FROM run; END;');
    const store = await openStore(sqliteFiles, path);
    expect(store.notices[0]).toContain('3 runs were recovered');
    await store.runs.save(sampleRun({ id: 'after' }));
    expect(await store.count()).toBe(4);
    await store.close();
  });

  it('lets two instances work on one file', async () => {
    const path = join(temporaryFolder(), 'history.db');
    const stores = await Promise.all([openStore(sqliteFiles, path), openStore(sqliteFiles, path)]);
    await Promise.all(
      stores.flatMap((store, who) =>
        Array.from({ length: 10 }, (_, i) => store.runs.save(sampleRun({ id: `run-${who}-${i}` }))),
      ),
    );
    expect(await stores[0].count()).toBe(20);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('says so when the folder cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(openStore(sqliteFiles, join(folder, 'file', 'history.db'))).rejects.toMatchObject({
      code: 'store.failed',
    });
  });
});
