import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { EngineClient } from '@shared/api/contract';
import { readonly, ref } from 'vue';
import { openFrames } from './frames';

export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'no-token';

const RECONNECT_MS = 800;
const TOKEN_KEY = 'edgebench-token';

const state = ref<ConnectionState>('connecting');
export const connectionState = readonly(state);

/** Grows with every new line to the engine, so that streams can be started anew. */
const generation = ref(0);
export const connectionGeneration = readonly(generation);

let current: EngineClient | undefined;

/** The token of this start: out of the address, where others could see it, into this tab's memory. */
function takeToken(hash: string): string {
  const given = new URLSearchParams(hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? '';
}

async function connect(token: string): Promise<void> {
  state.value = 'connecting';
  const frames = openFrames(token);
  let lost = false;
  frames.onClosed(() => {
    lost = true;
    state.value = 'lost';
    setTimeout(() => void connect(token), RECONNECT_MS);
  });
  current = createORPCClient(new RPCLink({ port: frames.port }));
  try {
    await current.app.info();
    if (lost) return;
    state.value = 'connected';
    generation.value++;
  } catch {
    // The loss of the line has been told and a new one is on its way.
    state.value = 'lost';
  }
}

/** Connects to the engine and stays connected; call once, before the router reads the address. */
export function startClient(): void {
  // A new address pasted into the same tab changes nothing but what stands behind the hash.
  addEventListener('hashchange', ({ newURL }) => {
    // By now the router has led to another place; the event still tells what was asked for.
    const { hash } = new URL(newURL);
    if (!hash.startsWith('#token=')) return;
    takeToken(hash);
    location.reload();
  });
  const token = takeToken(location.hash);
  if (!window.edgebench && token === '') {
    state.value = 'no-token';
    return;
  }
  void connect(token);
}

/** The engine; calls made while the line is lost fail with an error that says so. */
export function engine(): EngineClient {
  if (!current) throw new Error('the client has not been started');
  return current;
}
