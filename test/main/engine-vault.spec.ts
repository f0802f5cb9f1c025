import { describe, expect, it } from 'vitest';
import { hostVault } from '@main/engine-vault';
import { EngineProcess } from '@main/host/engine-process/engine-process';
import { asHostMessage, type HostMessage, type VaultAct } from '@main/host/engine-process/messages';

/** An engine and its host in one process, joined as they are by their port: plain JSON both ways. */
function joined(act?: VaultAct) {
  let toEngine: (message: HostMessage) => void = () => undefined;
  let toHost: (message: unknown) => void = () => undefined;
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  const host = new EngineProcess(
    () => ({
      send: (message) => {
        const checked = asHostMessage(plain(message));
        if (checked) toEngine(checked);
      },
      onMessage: (listener) => {
        toHost = listener;
      },
      onExit: () => undefined,
      kill: () => undefined,
    }),
    () => undefined,
    act,
  );
  host.openChannel(
    () => undefined,
    () => undefined,
  );
  return hostVault({
    post: (message) => toHost(plain(message)),
    onMessage: (listener) => {
      toEngine = listener;
    },
    onDisconnect: () => undefined,
  });
}

describe('the way from the engine to the key store of its host', () => {
  it('seals and unseals there', async () => {
    const vault = joined((act, data) => ({ data: `${act} ${data}` }));
    expect(await Promise.all([vault.seal('a'), vault.unseal('b')])).toEqual(['seal a', 'unseal b']);
  });

  it('carries a refusal with its reason', async () => {
    const vault = joined(() => ({ refusal: 'The key ring is locked.' }));
    await expect(vault.seal('a')).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: 'The key ring is locked.',
    });
  });

  it('is refused by hosts that have none, with the way out', async () => {
    await expect(joined().seal('a')).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: expect.stringContaining('EDGEBENCH_SECRET_'),
    });
  });
});
