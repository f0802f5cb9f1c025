import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { EngineProcess, type EngineChild } from '@main/host/engine-process/engine-process';
import type { HostMessage } from '@main/host/engine-process/messages';
import { startHttpHost } from '@main/host/http/http-host';
import { temporaryFolder } from '@test/support/temporary-folder';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';

/** An engine that answers every frame with the same frame, and remembers what it was told. */
class EchoEngine implements EngineChild {
  readonly told: HostMessage[] = [];
  #listener: (message: unknown) => void = () => undefined;
  #exit: (reason: string) => void = () => undefined;

  send(message: HostMessage): void {
    this.told.push(message);
    if (message.type === 'data') this.#listener(message);
    if (message.type === 'stop') this.#exit('stopped');
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
    queueMicrotask(() => listener({ type: 'ready' }));
  }
  onExit(listener: (reason: string) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.#exit('killed');
  }
}

async function start(requestTimeoutMs?: number) {
  const folder = temporaryFolder();
  const rendererDir = join(folder, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><p>workbench</p>');
  writeFileSync(join(rendererDir, 'assets', 'index.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'canary');
  symlinkSync(join(folder, 'secret.txt'), join(rendererDir, 'assets', 'link.txt'));
  const child = new EchoEngine();
  const engine = new EngineProcess(
    () => child,
    () => undefined,
  );
  const host = await startHttpHost({
    engine,
    rendererDir,
    port: 0,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
  onTestFinished(() => host.close());
  const url = new URL(host.url);
  return { child, host, port: Number(url.port), token: url.hash.slice('#token='.length) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as it is given: the path is not tidied up as a browser would. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** "open", or the status that refused the socket. */
function openSocket(
  port: number,
  options: { token?: string; origin?: string | null; path?: string; host?: string },
): Promise<string> {
  const protocols = ['edgebench.v1', ...(options.token === undefined ? [] : [`token.${options.token}`])];
  const { origin = `http://127.0.0.1:${port}`, path = '/rpc', host } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
    ...(origin === null ? {} : { origin }),
    ...(host === undefined ? {} : { headers: { host } }),
  });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', (error) => resolve(/\d{3}/.exec(error.message)?.[0] ?? error.message));
  });
}

describe('the browser workbench’s files', () => {
  it('come with a policy that allows no inline script and no other origin', async () => {
    const { port } = await start();
    const { status, headers, body } = await ask(port, '/');
    expect(status).toBe(200);
    expect(body).toContain('workbench');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/link.txt',
    '//etc/passwd',
    '/assets/%00index.js',
    '/%',
    '/nothing.js',
    '/assets',
  ])('are the only ones given: %s is not found', async (path) => {
    const { port } = await start();
    const { status, body } = await ask(port, path);
    expect(status).toBe(404);
    expect(body).not.toContain('canary');
  });

  it('are read only: other methods get 405', async () => {
    const { port, child } = await start();
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(port, '/rpc', { method, body: '{}' })).status).toBe(405);
    expect(child.told).toEqual([]);
  });

  it.each(['evil.example', 'evil.example:80', '0.0.0.0', '127.0.0.1', 'localhost:1'])(
    'are given under a loopback name with this port only: Host %s gets 403',
    async (host) => {
      const { port } = await start();
      expect((await ask(port, '/', { headers: { host } })).status).toBe(403);
    },
  );

  it('refuse an address in absolute form', async () => {
    const { port } = await start();
    const status = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
        ),
      );
      socket.once('data', (data) => resolve(data.toString('latin1').split('\r\n')[0] ?? ''));
    });
    expect(status).toContain('403');
  });
});

describe('the browser workbench’s socket', () => {
  it('opens with the token of this start, and carries frames', async () => {
    const { port, token } = await start();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, ['edgebench.v1', `token.${token}`], {
      origin: `http://127.0.0.1:${port}`,
    });
    const answer = await new Promise<string>((resolve) => {
      socket.on('open', () => socket.send('hello'));
      socket.on('message', (data) => resolve(String(data)));
    });
    expect(answer).toBe('hello');
    expect(socket.protocol).toBe('edgebench.v1');
    socket.close();
  });

  it('refuses no token and a wrong one with 401', async () => {
    const { port, child } = await start();
    expect(await openSocket(port, {})).toBe('401');
    expect(await openSocket(port, { token: 'x'.repeat(43) })).toBe('401');
    expect(child.told).toEqual([]);
  });

  it('refuses a token in the address', async () => {
    const { port, token } = await start();
    expect(await openSocket(port, { path: `/rpc?token=${token}` })).toBe('403');
  });

  it('refuses foreign pages and foreign names with 403, even with the token', async () => {
    const { port, token, child } = await start();
    expect(await openSocket(port, { token, origin: 'https://evil.example' })).toBe('403');
    expect(await openSocket(port, { token, origin: null })).toBe('403');
    expect(await openSocket(port, { token, origin: `http://127.0.0.1:${port + 1}` })).toBe('403');
    expect(await openSocket(port, { token, host: `evil.example:${port}` })).toBe('403');
    expect(child.told).toEqual([]);
  });

  it('answers guesses with 429 after a few', async () => {
    const { port } = await start();
    const answers = new Set<string>();
    for (let i = 0; i < 25; i++) answers.add(await openSocket(port, { token: `guess-${i}` }));
    expect([...answers].sort()).toEqual(['401', '429']);
  });

  it('has another token at each start', async () => {
    const [a, b] = [await start(), await start()];
    expect(a.token).not.toBe(b.token);
    expect(await openSocket(b.port, { token: a.token })).toBe('401');
  });

  it('ends a client that sends bytes or a frame beyond the limit; others go on', async () => {
    const { port, token } = await start();
    const open = (): Promise<WebSocket> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, ['edgebench.v1', `token.${token}`], {
          origin: `http://127.0.0.1:${port}`,
        });
        socket.on('open', () => resolve(socket));
      });
    const closed = (socket: WebSocket): Promise<number> =>
      new Promise((resolve) => {
        socket.on('error', () => undefined);
        socket.on('close', (code) => resolve(code));
      });
    const [good, binary, huge] = [await open(), await open(), await open()];
    const ends = [closed(binary), closed(huge)];
    binary.send(Buffer.from([1, 2, 3]));
    huge.send('x'.repeat(9 * 1024 * 1024));
    const [first, second] = await Promise.all(ends);
    expect(first).toBe(1003);
    expect([1006, 1009]).toContain(second);
    const answer = new Promise<string>((resolve) => good.on('message', (data) => resolve(String(data))));
    good.send('still here');
    expect(await answer).toBe('still here');
    good.close();
  });

  it('tells its clients to come back when the engine dies', async () => {
    const { port, token, child } = await start();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, ['edgebench.v1', `token.${token}`], {
      origin: `http://127.0.0.1:${port}`,
    });
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send('hello');
    await new Promise((resolve) => socket.once('message', resolve));
    const code = new Promise<number>((resolve) => socket.on('close', resolve));
    child.kill();
    expect(await code).toBe(1012);
  });
});

describe('the browser workbench under abuse', () => {
  /** Opens a connection that sends this and then a byte now and again; resolves when the host has ended it. */
  const dripping = (port: number, start: string, drip: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(start));
      const timer = setInterval(() => socket.write(drip), 50);
      socket.on('data', (data) => (heard += data.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        resolve(heard.split('\r\n')[0] ?? '');
      });
    });

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ', 'x'],
    ['a body', 'POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000000000\r\n\r\n', 'x'],
    ['nothing at all', '', ''],
  ])('ends a client that sends %s for ever', async (_what, first, drip) => {
    const { port } = await start(500);
    const status = await dripping(port, first, drip);
    expect(['', 'HTTP/1.1 408 Request Timeout', 'HTTP/1.1 403 Forbidden']).toContain(status);
    expect((await ask(port, '/')).status).toBe(200);
  });

  it('takes no more connections than its limit, and goes on with those it has', async () => {
    const { port, token } = await start();
    const page = new WebSocket(`ws://127.0.0.1:${port}/rpc`, ['edgebench.v1', `token.${token}`], {
      origin: `http://127.0.0.1:${port}`,
    });
    await new Promise((resolve) => page.on('open', resolve));
    let refused = 0;
    const flood = Array.from({ length: 400 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => (refused += 1));
      return socket;
    });
    onTestFinished(() => flood.forEach((socket) => socket.destroy()));
    // 256 at most, one of them the page's.
    await vi.waitFor(() => expect(refused).toBeGreaterThanOrEqual(145), { timeout: 30_000 });
    const answer = new Promise<string>((resolve) => page.once('message', (data) => resolve(String(data))));
    page.send('still here');
    expect(await answer).toBe('still here');
    page.close();
    for (const socket of flood) socket.destroy();
    await vi.waitFor(async () => expect((await ask(port, '/')).status).toBe(200), { timeout: 30_000 });
  }, 90_000);
});
