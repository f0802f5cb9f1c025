import { openFrames } from '@renderer/client/frames';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** The window's bridge, played by the test. */
function withBridge() {
  const sent: string[] = [];
  const line = {
    data: (_text: string): void => undefined,
    closed: (_reason: string): void => undefined,
  };
  vi.stubGlobal('window', {
    edgebench: {
      open(onData: (data: string) => void, onClosed: (reason: string) => void) {
        Object.assign(line, { data: onData, closed: onClosed });
        return (data: string) => sent.push(data);
      },
    },
  });
  return { sent, line };
}

/** A browser's socket, played by the test. */
class ScriptedSocket extends EventTarget {
  static readonly made: ScriptedSocket[] = [];
  readonly sent: string[] = [];
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    super();
    ScriptedSocket.made.push(this);
  }
  send(data: string): void {
    this.sent.push(data);
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
  ScriptedSocket.made.length = 0;
});

describe('a line to the engine', () => {
  it('carries frames over the window’s bridge', () => {
    const { sent, line } = withBridge();
    const { port } = openFrames('');
    const heard: unknown[] = [];
    port.on('message', (event) => heard.push(event?.data));
    port.postMessage('out');
    line.data('in');
    expect([sent, heard]).toEqual([['out'], ['in']]);
  });

  it('tells its loss once, to the port and to its owner', () => {
    const { line } = withBridge();
    const frames = openFrames('');
    const told: string[] = [];
    frames.port.on('close', () => told.push('port'));
    frames.onClosed((reason) => told.push(reason));
    line.closed('ended by SIGKILL');
    line.closed('again');
    expect(told).toEqual(['port', 'ended by SIGKILL']);
  });

  it('keeps what is said before the socket is open, and gives the token as a subprotocol only', () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('location', { host: '127.0.0.1:4711' });
    vi.stubGlobal('WebSocket', ScriptedSocket);
    const { port } = openFrames('secret');
    port.postMessage('early');
    const [socket] = ScriptedSocket.made;
    expect(socket?.sent).toEqual([]);
    socket?.dispatchEvent(new Event('open'));
    port.postMessage('late');
    expect(socket?.sent).toEqual(['early', 'late']);
    expect(socket?.url).toBe('ws://127.0.0.1:4711/rpc');
    expect(socket?.protocols).toEqual(['edgebench.v1', 'token.secret']);
  });
});
