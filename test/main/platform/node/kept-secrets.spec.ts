import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeptSecrets } from '@main/platform/node/kept-secrets';
import type { Vault } from '@main/ports/secrets';
import { temporaryFolder } from '@test/support/temporary-folder';

const ORIGIN = 'https://models.example';
const VALUE = 'canary-51c0ffee';

/** Turns texts round: enough to see that nothing is written as it is. */
const vault: Vault = {
  seal: (text) => Promise.resolve([...text].reverse().join('')),
  unseal: (sealed) => Promise.resolve([...sealed].reverse().join('')),
};

const kept = (environment: Record<string, string> = {}, withVault: Vault | undefined = vault) => {
  const file = join(temporaryFolder(), 'secrets.json');
  return { file, secrets: new KeptSecrets(file, withVault, environment) };
};

describe('kept secrets', () => {
  it('come back from a file that holds them sealed and that nobody else may read', async () => {
    const { file, secrets } = kept();
    await secrets.set('prod', ORIGIN, VALUE);
    expect(await secrets.get('prod', ORIGIN)).toBe(VALUE);
    expect(readFileSync(file, 'utf8')).not.toContain(VALUE);
    // Windows has no such mode; there the folder of the user protects it.
    expect(process.platform === 'win32' ? 0o600 : statSync(file).mode & 0o777).toBe(0o600);
    expect(await secrets.list()).toEqual([{ name: 'prod', origin: ORIGIN }]);
    await secrets.remove('prod');
    await expect(secrets.get('prod', ORIGIN)).rejects.toMatchObject({ code: 'usage.wrong' });
  });

  it('are sent to no other server than the one that they were kept for', async () => {
    const { secrets } = kept();
    await secrets.set('prod', ORIGIN, VALUE);
    await expect(secrets.get('prod', 'https://evil.example')).rejects.toMatchObject({ code: 'usage.wrong' });
  });

  it('come from variables of our own beginning only', async () => {
    const { secrets } = kept({ EDGEBENCH_SECRET_MY_TOKEN: VALUE, PATH: '/bin', HOME: '/root' }, undefined);
    expect(await secrets.get('my-token', ORIGIN)).toBe(VALUE);
    for (const name of ['PATH', 'HOME', '../PATH', ''])
      await expect(secrets.get(name, ORIGIN)).rejects.toMatchObject({ code: 'usage.wrong' });
  });

  it('are refused with the way out where there is no key store', async () => {
    const file = join(temporaryFolder(), 'secrets.json');
    const secrets = new KeptSecrets(file, undefined, {});
    await expect(secrets.set('prod', ORIGIN, VALUE)).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: expect.stringContaining('EDGEBENCH_SECRET_'),
    });
  });

  it.each(['', 'two\nlines', 'café', 'a'.repeat(10_000)])(
    'are refused when no header can carry them',
    async (value) => {
      const { secrets } = kept({ EDGEBENCH_SECRET_X: value });
      const error = await secrets.get('x', ORIGIN).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'usage.wrong' });
      expect(`${String(error)}\n`).not.toContain(value || '\n\n');
      await expect(secrets.set('x', ORIGIN, value)).rejects.toMatchObject({ code: 'usage.wrong' });
    },
  );

  it.each(['nonsense', '{}', '[{"name":"x"}]'])('say so when their file holds %s', async (text) => {
    const { file, secrets } = kept();
    writeFileSync(file, text);
    await expect(secrets.get('x', ORIGIN)).rejects.toMatchObject({ code: 'file.unreadable' });
  });
});
