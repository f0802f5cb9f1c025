import { AppError } from '@shared/error/app-error';
import type { ParentPort } from './engine-port';
import type { Vault } from './ports/secrets';

const TIMEOUT_MS = 30_000;

/** The key store of the engine's host: the engine sends a text, the host answers it sealed, or unsealed. */
export function hostVault(port: ParentPort): Vault {
  const waiting = new Map<number, (answer: { data?: string; refusal?: string }) => void>();
  let next = 1;
  // Not before it is needed: what the host sends while the engine starts is kept for the first listener, the channels.
  let listening = false;
  const listen = (): void => {
    if (listening) return;
    listening = true;
    port.onMessage((message) => {
      if (message.type === 'vault') waiting.get(message.request)?.(message);
    });
  };
  const ask = (act: 'seal' | 'unseal', data: string): Promise<string> =>
    new Promise((resolve, reject) => {
      listen();
      const request = next++;
      const refuse = (why: string): void => reject(new AppError('secret.unavailable', why));
      const timer = setTimeout(() => {
        waiting.delete(request);
        refuse('The key store of this system did not answer. Unlock it, then try again.');
      }, TIMEOUT_MS);
      waiting.set(request, (answer) => {
        clearTimeout(timer);
        waiting.delete(request);
        if (answer.data === undefined) refuse(answer.refusal ?? 'The key store of this system refused.');
        else resolve(answer.data);
      });
      port.post({ type: 'vault', request, act, data });
    });
  return { seal: (text) => ask('seal', text), unseal: (sealed) => ask('unseal', sealed) };
}
