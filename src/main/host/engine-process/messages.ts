/**
 * What a host and the engine process say to each other. A channel carries one client's RPC frames (text, opaque to the
 * host); several clients share one engine. Plain JSON, so that every kind of process port carries it.
 */
export type HostMessage =
  | { readonly type: 'open'; readonly channel: number }
  | { readonly type: 'data'; readonly channel: number; readonly data: string }
  | { readonly type: 'close'; readonly channel: number }
  | { readonly type: 'stop' }
  | {
      readonly type: 'vault';
      readonly request: number;
      readonly data?: string;
      readonly refusal?: string;
    };

export type EngineMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'data'; readonly channel: number; readonly data: string }
  | {
      readonly type: 'vault';
      readonly request: number;
      readonly act: 'seal' | 'unseal';
      readonly data: string;
    };

/** How a host seals a text in the system's key store, or unseals it; or why it cannot. */
export type VaultAct = (
  act: 'seal' | 'unseal',
  data: string,
) => { readonly data: string } | { readonly refusal: string };

const hasType = (
  value: unknown,
): value is { type: unknown; channel?: unknown; data?: unknown; request?: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value;

/** Checks what arrived from the other process; undefined for anything that is not a message of ours. */
export function asHostMessage(value: unknown): HostMessage | undefined {
  if (!hasType(value)) return undefined;
  if (value.type === 'stop') return { type: 'stop' };
  if (value.type === 'vault' && typeof value.request === 'number') {
    const { request, data, refusal } = value as { request: number; data?: unknown; refusal?: unknown };
    if (typeof data === 'string') return { type: 'vault', request, data };
    return { type: 'vault', request, refusal: typeof refusal === 'string' ? refusal : 'refused' };
  }
  if (typeof value.channel !== 'number') return undefined;
  if (value.type === 'open' || value.type === 'close') return { type: value.type, channel: value.channel };
  if (value.type === 'data' && typeof value.data === 'string')
    return { type: 'data', channel: value.channel, data: value.data };
  return undefined;
}

export function asEngineMessage(value: unknown): EngineMessage | undefined {
  if (!hasType(value)) return undefined;
  if (value.type === 'ready') return { type: 'ready' };
  if (value.type === 'failed') {
    const { code, message } = value as { code?: unknown; message?: unknown };
    return { type: 'failed', code: String(code), message: String(message) };
  }
  if (value.type === 'vault' && typeof value.request === 'number' && typeof value.data === 'string') {
    const act = 'act' in value && value.act === 'seal' ? 'seal' : 'unseal';
    return { type: 'vault', request: value.request, act, data: value.data };
  }
  if (value.type === 'data' && typeof value.channel === 'number' && typeof value.data === 'string')
    return { type: 'data', channel: value.channel, data: value.data };
  return undefined;
}
