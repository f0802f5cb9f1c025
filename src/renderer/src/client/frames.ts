import type { EngineBridge } from '@shared/bridge';

type Listener = (event?: { data: unknown }) => void;

/** A line to the engine dressed as a message port, over the window's bridge or the browser's socket. */
export interface FramePort {
  on(event: string, listener: Listener): void;
  postMessage(data: unknown): void;
}

export interface Frames {
  readonly port: FramePort;
  /** Called once when the line is lost; a new one has to be made then. */
  onClosed(listener: (reason: string) => void): void;
}

declare global {
  interface Window {
    readonly edgebench?: EngineBridge;
  }
}

/** Frames sent before the line is open wait; the line tells its loss once. */
class Line implements Frames {
  readonly #listeners: Record<string, Listener[]> = { message: [], close: [] };
  readonly #closed: ((reason: string) => void)[] = [];
  #waiting: string[] = [];
  #send: ((data: string) => void) | undefined;
  #isClosed = false;

  readonly port: FramePort = {
    on: (event, listener) => void this.#listeners[event]?.push(listener),
    postMessage: (data) => {
      const text = String(data);
      if (this.#send) this.#send(text);
      else this.#waiting.push(text);
    },
  };

  onClosed(listener: (reason: string) => void): void {
    this.#closed.push(listener);
  }

  opened(send: (data: string) => void): void {
    this.#send = send;
    for (const text of this.#waiting.splice(0)) send(text);
  }

  received(data: string): void {
    for (const listener of this.#listeners['message'] ?? []) listener({ data });
  }

  lost(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of this.#listeners['close'] ?? []) listener({ data: undefined });
    for (const listener of this.#closed) listener(reason);
  }
}

/** Opens a line to the engine: through the preload bridge in the window, through a WebSocket in the browser. */
export function openFrames(token: string): Frames {
  const line = new Line();
  const bridge = window.edgebench;
  if (bridge) {
    line.opened(
      bridge.open(
        (data) => line.received(data),
        (reason) => line.lost(reason),
      ),
    );
    return line;
  }
  const socket = new WebSocket(`ws://${location.host}/rpc`, ['edgebench.v1', `token.${token}`]);
  socket.addEventListener('open', () => line.opened((data) => socket.send(data)));
  socket.addEventListener('message', (event) => line.received(String(event.data)));
  socket.addEventListener('close', (event) => line.lost(event.reason || 'the connection was closed'));
  return line;
}
