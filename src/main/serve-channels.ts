import type { Context, Router } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { ParentPort } from './engine-port';
import { toWireError } from './wire-error';

type MessageListener = (event?: { data: unknown }) => void;

/** A client's channel dressed as a message port, which is what the RPC library serves. */
class ChannelPort {
  readonly #listeners: Record<string, Set<MessageListener>> = { message: new Set(), close: new Set() };
  readonly #send: (data: string) => void;

  constructor(send: (data: string) => void) {
    this.#send = send;
  }

  on(event: string, listener: MessageListener): void {
    this.#listeners[event]?.add(listener);
  }

  postMessage(data: unknown): void {
    if (typeof data !== 'string') throw new Error('the contract carries JSON only');
    this.#send(data);
  }

  receive(data: string): void {
    for (const listener of this.#listeners['message'] ?? []) listener({ data });
  }

  close(): void {
    for (const listener of this.#listeners['close'] ?? []) listener();
  }
}

/** Serves the router to every channel that the host opens, until the host says stop or goes away. */
export function serveChannels<C extends Context>(
  port: ParentPort,
  router: Router<never, C>,
  context: C,
  onStop: () => void,
): void {
  const handler = new RPCHandler<C>(router as never, { interceptors: [toWireError] });
  const channels = new Map<number, ChannelPort>();
  const closeChannel = (id: number): void => {
    channels.get(id)?.close();
    channels.delete(id);
  };
  port.onMessage((message) => {
    if (message.type === 'stop') onStop();
    else if (message.type === 'close') closeChannel(message.channel);
    else if (message.type === 'data') channels.get(message.channel)?.receive(message.data);
    else if (message.type === 'open') {
      const { channel } = message;
      const channelPort = new ChannelPort((data) => port.post({ type: 'data', channel, data }));
      channels.set(channel, channelPort);
      handler.upgrade(channelPort, { context } as never);
    }
  });
  port.onDisconnect(onStop);
  port.post({ type: 'ready' });
}
