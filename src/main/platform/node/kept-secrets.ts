import { readFile, rename, writeFile } from 'node:fs/promises';
import { AppError } from '@shared/error/app-error';
import type { Secrets, Vault } from '@main/ports/secrets';

/** Only variables of this beginning are read: what a client names must not reach the rest of the environment. */
const PREFIX = 'EDGEBENCH_SECRET_';
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
/** What an HTTP header can carry. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]{0,8190}[\x21-\x7e])?$/;

interface Entry {
  readonly name: string;
  readonly origin: string;
  readonly sealed: string;
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' &&
  value !== null &&
  ['name', 'origin', 'sealed'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string');

const variableOf = (name: string): string => PREFIX + name.toUpperCase().replace(/[^A-Z0-9]/g, '_');

function checkName(name: string): void {
  if (!NAME.test(name))
    throw new AppError(
      'usage.wrong',
      'A secret has a name of letters, digits, dots, dashes and underscores (at most 64).',
    );
}

/** Secrets in a file, sealed by the operating system's key store; an environment variable goes before it. */
export class KeptSecrets implements Secrets {
  readonly #file: string;
  readonly #vault: Vault | undefined;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(file: string, vault: Vault | undefined, environment = process.env) {
    this.#file = file;
    this.#vault = vault;
    this.#environment = environment;
  }

  async get(name: string, origin: string): Promise<string> {
    checkName(name);
    const value = this.#environment[variableOf(name)] ?? (await this.#kept(name, origin));
    if (value === undefined)
      throw new AppError(
        'usage.wrong',
        `There is no secret "${name}". Set the environment variable ${variableOf(name)}, or keep it in the app's settings of the endpoint.`,
      );
    if (!VALUE.test(value))
      throw new AppError(
        'usage.wrong',
        `The secret "${name}" is empty or holds characters that no HTTP header may carry. Set it again.`,
      );
    return value;
  }

  async set(name: string, origin: string, value: string): Promise<void> {
    checkName(name);
    if (!VALUE.test(value))
      throw new AppError(
        'usage.wrong',
        'The secret is empty or holds characters that no HTTP header may carry.',
      );
    const sealed = await this.#vaultOrRefusal().seal(value);
    const others = (await this.#read()).filter((entry) => entry.name !== name);
    await this.#write([...others, { name, origin, sealed }]);
  }

  async remove(name: string): Promise<void> {
    const entries = await this.#read();
    const others = entries.filter((entry) => entry.name !== name);
    if (others.length < entries.length) await this.#write(others);
  }

  async list(): Promise<readonly { readonly name: string; readonly origin: string }[]> {
    return (await this.#read()).map(({ name, origin }) => ({ name, origin }));
  }

  async #kept(name: string, origin: string): Promise<string | undefined> {
    const entry = (await this.#read()).find((candidate) => candidate.name === name);
    if (entry === undefined) return undefined;
    if (entry.origin !== origin)
      throw new AppError(
        'usage.wrong',
        `The secret "${name}" was kept for ${entry.origin} and is not sent to another server. Keep one for this server.`,
      );
    return this.#vaultOrRefusal().unseal(entry.sealed);
  }

  #vaultOrRefusal(): Vault {
    if (this.#vault !== undefined) return this.#vault;
    throw new AppError(
      'secret.unavailable',
      `Secrets are kept by the desktop app only. Here, give them in environment variables (${PREFIX}NAME).`,
    );
  }

  async #read(): Promise<readonly Entry[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '[]');
    const damaged = new AppError(
      'file.unreadable',
      `The file of kept secrets ${this.#file} is damaged. Delete it, then enter the secrets again.`,
    );
    let entries: unknown;
    try {
      entries = JSON.parse(text);
    } catch {
      throw damaged;
    }
    if (!Array.isArray(entries) || !entries.every(isEntry)) throw damaged;
    return entries;
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const part = `${this.#file}.part`;
    try {
      await writeFile(part, JSON.stringify(entries), { mode: 0o600 });
      await rename(part, this.#file);
    } catch (cause) {
      throw new AppError('file.unwritable', `The file of kept secrets ${this.#file} cannot be written.`, {
        cause,
      });
    }
  }
}
