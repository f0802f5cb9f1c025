import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventEmitter } from 'node:events';
import { EngineProcess, type EngineChild } from '@main/host/engine-process/engine-process';
import type { HostMessage } from '@main/host/engine-process/messages';
import { serveRenderer } from '@main/host/electron/app-protocol';
import { bridgeEngine } from '@main/host/electron/engine-bridge';
import { lockDown } from '@main/host/electron/lock-down';
import { utilityEngine } from '@main/host/electron/utility-engine';
import { openWindow } from '@main/host/electron/window';
import { temporaryFolder } from '@test/support/temporary-folder';
import { beforeEach, describe, expect, it, vi } from 'vitest';

// What only Electron 12 and newer have is not in the one that window tests can drive here: it is tried on stand-ins.
const electron = vi.hoisted(() => {
  type Handler = (...values: unknown[]) => unknown;
  return {
    app: { on: vi.fn<Handler>() },
    protocol: { handle: vi.fn<Handler>() },
    ipcMain: { on: vi.fn<Handler>() },
    shell: { openExternal: vi.fn<Handler>() },
    session: {
      defaultSession: {
        setPermissionRequestHandler: vi.fn<Handler>(),
        setPermissionCheckHandler: vi.fn<Handler>(),
      },
    },
    utilityProcess: { fork: vi.fn<Handler>() },
    windows: [] as { options: { webPreferences: Record<string, unknown> }; url: string }[],
    ours: new Set<unknown>(),
  };
});

vi.mock('electron', () => ({
  ...electron,
  BrowserWindow: class {
    static fromWebContents(contents: unknown): object | null {
      return electron.ours.has(contents) ? {} : null;
    }
    readonly entry = { options: { webPreferences: {} }, url: '' };
    constructor(options: { webPreferences: Record<string, unknown> }) {
      this.entry.options = options;
      electron.windows.push(this.entry);
    }
    once(): void {
      // Shown when it has something to show; nothing to see here.
    }
    loadURL(url: string): Promise<void> {
      this.entry.url = url;
      return Promise.resolve();
    }
  },
}));

beforeEach(() => {
  vi.clearAllMocks();
  electron.windows.length = 0;
  electron.ours.clear();
});

/** What was given as the handler of `name`. */
function handlerOf(mock: { mock: { calls: unknown[][] } }, name: string): (...values: unknown[]) => unknown {
  const call = mock.mock.calls.find(([first]) => first === name);
  if (!call) throw new Error(`nothing listens to ${name}`);
  return call[1] as (...values: unknown[]) => unknown;
}

describe('the window', () => {
  it('is sandboxed, isolated, without Node, and shows our page', () => {
    openWindow('/preload');
    const [window] = electron.windows;
    expect(window?.url).toBe('edgebench://app/index.html');
    expect(window?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
  });

  it('stays on our page, opens no other window, and takes no webview', () => {
    lockDown();
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: vi.fn<(open: unknown) => void>(),
    });
    handlerOf(electron.app.on, 'web-contents-created')({}, contents);
    const isStopped = (event: string, ...values: unknown[]): boolean => {
      let stopped = false;
      contents.emit(event, { preventDefault: () => (stopped = true) }, ...values);
      return stopped;
    };
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'edgebench://app.evil/',
      'edgebench://x/',
    ]) {
      expect(isStopped('will-navigate', url)).toBe(true);
      expect(isStopped('will-redirect', url)).toBe(true);
    }
    expect(isStopped('will-navigate', 'edgebench://app/index.html')).toBe(false);
    expect(isStopped('will-attach-webview')).toBe(true);

    const open = contents.setWindowOpenHandler.mock.calls[0]?.[0] as (details: { url: string }) => unknown;
    for (const url of [
      'https://evil.example/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https://ai.google.dev.evil.example/',
      'http://ai.google.dev/',
    ])
      expect(open({ url })).toEqual({ action: 'deny' });
    expect(electron.shell.openExternal).not.toHaveBeenCalled();
    expect(open({ url: 'https://ai.google.dev/edge' })).toEqual({ action: 'deny' });
    expect(electron.shell.openExternal).toHaveBeenCalledExactlyOnceWith('https://ai.google.dev/edge');
  });

  it('gets no permission, asked or checked', () => {
    lockDown();
    const { defaultSession } = electron.session;
    const answered = vi.fn<(isGranted: boolean) => void>();
    const ask = defaultSession.setPermissionRequestHandler.mock.calls[0]?.[0] as (
      ...values: unknown[]
    ) => void;
    ask({}, 'media', answered);
    expect(answered).toHaveBeenCalledExactlyOnceWith(false);
    const check = defaultSession.setPermissionCheckHandler.mock.calls[0]?.[0] as () => boolean;
    expect(check()).toBe(false);
  });
});

describe('the app’s own scheme', () => {
  it('gives the renderer’s files with their policy, and nothing else', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'renderer'));
    writeFileSync(join(folder, 'renderer', 'index.html'), '<p>workbench</p>');
    writeFileSync(join(folder, 'secret.txt'), 'canary');
    serveRenderer(join(folder, 'renderer'));
    const serve = handlerOf(electron.protocol.handle, 'edgebench') as (request: { url: string }) => Response;
    const page = serve({ url: 'edgebench://app/index.html' });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('workbench');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const url of [
      'edgebench://elsewhere/index.html',
      'edgebench://app/../secret.txt',
      'edgebench://app/..%2fsecret.txt',
      'edgebench://app/nothing.js',
    ])
      expect(serve({ url }).status).toBe(404);
  });
});

/** An engine that is ready at once and remembers what it was told. */
function startEngine(): {
  engine: EngineProcess;
  told: HostMessage[];
  say(message: unknown): void;
  die(): void;
} {
  const told: HostMessage[] = [];
  let listener: (message: unknown) => void = () => undefined;
  let exit: (reason: string) => void = () => undefined;
  const child: EngineChild = {
    send: (message) => void told.push(message),
    onMessage: (given) => {
      listener = given;
      queueMicrotask(() => given({ type: 'ready' }));
    },
    onExit: (given) => {
      exit = given;
    },
    kill: () => exit('killed'),
  };
  const engine = new EngineProcess(
    () => child,
    () => undefined,
  );
  return { engine, told, say: (message) => listener(message), die: () => exit('ended by SIGKILL') };
}

class Page extends EventEmitter {
  readonly heard: unknown[][] = [];
  constructor(readonly id: number) {
    super();
    electron.ours.add(this);
  }
  send(...message: unknown[]): void {
    this.heard.push(message);
  }
  isDestroyed(): boolean {
    return false;
  }
}

const frame = (url: string, parent: object | null = null) => ({ url, parent });
const OUR_FRAME = frame('edgebench://app/index.html');

describe('the line between a page and the engine', () => {
  it('is one channel a page: opened, used, told of its loss, closed with the page', async () => {
    const { engine, told, say, die } = startEngine();
    bridgeEngine(engine);
    const [open, data] = ['engine:open', 'engine:data'].map((name) => handlerOf(electron.ipcMain.on, name));
    const sender = new Page(7);
    open?.({ sender, senderFrame: OUR_FRAME });
    data?.({ sender, senderFrame: OUR_FRAME }, 'hello');
    await Promise.resolve();
    expect(told).toEqual([
      { type: 'open', channel: 1 },
      { type: 'data', channel: 1, data: 'hello' },
    ]);
    say({ type: 'data', channel: 1, data: 'welcome' });
    expect(sender.heard).toEqual([['engine:data', 'welcome']]);
    die();
    expect(sender.heard.at(-1)).toEqual(['engine:closed', 'ended by SIGKILL']);
    open?.({ sender, senderFrame: OUR_FRAME });
    await Promise.resolve();
    expect(told.at(-1)).toEqual({ type: 'open', channel: 2 });
    expect(sender.listenerCount('destroyed')).toBe(1);
    sender.emit('destroyed');
    expect(told.at(-1)).toEqual({ type: 'close', channel: 2 });
  });

  it('is not for frames inside the page, other pages, other windows, or anything but text', async () => {
    const { engine, told } = startEngine();
    bridgeEngine(engine);
    const [open, data] = ['engine:open', 'engine:data'].map((name) => handlerOf(electron.ipcMain.on, name));
    const sender = new Page(1);
    open?.({ sender, senderFrame: frame('edgebench://app/index.html', {}) });
    open?.({ sender, senderFrame: frame('https://evil.example/') });
    open?.({ sender, senderFrame: frame('edgebench://elsewhere/') });
    open?.({ sender, senderFrame: frame('about:blank') });
    const stranger = new Page(2);
    electron.ours.delete(stranger);
    open?.({ sender: stranger, senderFrame: OUR_FRAME });
    data?.({ sender, senderFrame: OUR_FRAME }, 'no line is open');
    await Promise.resolve();
    expect(told).toEqual([]);
    open?.({ sender, senderFrame: OUR_FRAME });
    data?.({ sender, senderFrame: OUR_FRAME }, { type: 'stop' });
    await Promise.resolve();
    expect(told).toEqual([{ type: 'open', channel: 1 }]);
  });
});

describe('the engine as a utility process', () => {
  it('is forked with its arguments, hears, says, and tells its end', () => {
    const child = Object.assign(new EventEmitter(), {
      postMessage: vi.fn<(message: unknown) => void>(),
      kill: vi.fn<() => void>(),
    });
    electron.utilityProcess.fork.mockReturnValue(child);
    const engine = utilityEngine('/out/engine.js', ['--data-dir', '/data']);
    expect(electron.utilityProcess.fork.mock.calls[0]?.slice(0, 2)).toEqual([
      '/out/engine.js',
      ['--data-dir', '/data'],
    ]);
    const [heard, ends]: [unknown[], string[]] = [[], []];
    engine.onMessage((message) => heard.push(message));
    engine.onExit((reason) => ends.push(reason));
    engine.send({ type: 'stop' });
    expect(child.postMessage).toHaveBeenCalledExactlyOnceWith({ type: 'stop' });
    child.emit('message', { type: 'ready' });
    child.emit('exit', 9);
    expect(heard).toEqual([{ type: 'ready' }]);
    expect(ends).toEqual(['ended with status 9']);
    engine.kill();
    expect(child.kill).toHaveBeenCalledOnce();
  });
});
