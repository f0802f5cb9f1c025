import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceLedger } from '@main/ports/device-ledger';
import { keptLedgerEntrySchema, type LedgerEntry } from '@shared/model/device-changes';
import { processIsAlive } from './processes';

type KeptEntry = LedgerEntry & { readonly pid: number };

const LONGEST = 64 * 1024;

/** A ledger in a folder: one file for each entry, so that programs at work at once do not meet in one. */
export class FolderLedger implements DeviceLedger {
  readonly #folder: string;
  readonly #isAlive: (pid: number) => boolean;

  constructor(folder: string, isAlive: (pid: number) => boolean = processIsAlive) {
    this.#folder = folder;
    this.#isAlive = isAlive;
  }

  write(entry: LedgerEntry): Promise<void> {
    return this.#store({ ...entry, pid: process.pid });
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  async leave(id: string): Promise<void> {
    const entry = await this.#read(`${id}.json`);
    if (entry) await this.#store({ ...entry, pid: 0 });
  }

  async leftovers(): Promise<readonly LedgerEntry[]> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const entries = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.#read(name)),
    );
    return entries
      .filter((entry) => entry !== undefined)
      .filter(({ pid }) => pid === 0 || !this.#isAlive(pid))
      .map(({ id, serial, changes }) => ({ id, serial, changes }));
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  async #read(name: string): Promise<KeptEntry | undefined> {
    const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '');
    if (text === '' || text.length > LONGEST) return undefined;
    try {
      return keptLedgerEntrySchema.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  async #store(entry: KeptEntry): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const part = `${this.#path(entry.id)}.part`;
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(entry));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, this.#path(entry.id));
  }
}
