import { EngineProcess, type EngineChild } from '@main/host/engine-process/engine-process';
import { asEngineMessage, asHostMessage, type HostMessage } from '@main/host/engine-process/messages';
import { describe, expect, it } from 'vitest';

/** A child that does what the test says: sends, and dies. */
class ScriptedChild implements EngineChild {
  readonly received: HostMessage[] = [];
  readonly #messages: ((message: unknown) => void)[] = [];
  readonly #exits: ((reason: string) => void)[] = [];
  send(message: HostMessage): void {
    this.received.push(message);
    if (message.type === 'stop') this.die('stopped');
  }
  onMessage(listener: (message: unknown) => void): void {
    this.#messages.push(listener);
  }
  onExit(listener: (reason: string) => void): void {
    this.#exits.push(listener);
  }
  kill(): void {
    this.die('killed');
  }
  say(message: unknown): void {
    for (const listener of this.#messages) listener(message);
  }
  die(reason: string): void {
    for (const listener of this.#exits) listener(reason);
  }
}

function start(): { engine: EngineProcess; children: ScriptedChild[]; failures: string[] } {
  const children: ScriptedChild[] = [];
  const failures: string[] = [];
  const engine = new EngineProcess(
    () => {
      const child = new ScriptedChild();
      children.push(child);
      return child;
    },
    (message) => failures.push(message),
  );
  return { engine, children, failures };
}

describe('the engine process', () => {
  it('gives each channel its own frames', () => {
    const { engine, children } = start();
    const heard: string[] = [];
    const a = engine.openChannel(
      (data) => heard.push(`a ${data}`),
      () => undefined,
    );
    engine.openChannel(
      (data) => heard.push(`b ${data}`),
      () => undefined,
    );
    a.send('hello');
    // An engine that still starts listens to nobody: what is sent waits until it is ready.
    expect(children[0]?.received).toEqual([]);
    children[0]?.say({ type: 'ready' });
    children[0]?.say({ type: 'data', channel: 2, data: 'for b' });
    children[0]?.say({ type: 'data', channel: 99, data: 'for nobody' });
    expect(heard).toEqual(['b for b']);
    expect(children[0]?.received).toContainEqual({ type: 'data', channel: 1, data: 'hello' });
  });

  it('closes every channel when it dies, and starts anew for the next one', () => {
    const { engine, children } = start();
    const closed: string[] = [];
    const channel = engine.openChannel(
      () => undefined,
      (reason) => closed.push(reason),
    );
    children[0]?.die('ended by SIGKILL');
    expect(closed).toEqual(['ended by SIGKILL']);
    channel.send('into the void');
    expect(children).toHaveLength(1);
    engine.openChannel(
      () => undefined,
      () => undefined,
    );
    expect(children).toHaveLength(2);
  });

  it('tells why the engine did not start', () => {
    const { engine, children, failures } = start();
    engine.openChannel(
      () => undefined,
      () => undefined,
    );
    children[0]?.say({ type: 'failed', code: 'store.newer', message: 'The database is newer.' });
    expect(failures).toEqual(['The database is newer.']);
  });

  it('stops it without calling that a loss', async () => {
    const { engine } = start();
    const closed: string[] = [];
    engine.openChannel(
      () => undefined,
      (reason) => closed.push(reason),
    );
    await engine.stop();
    expect(closed).toEqual([]);
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { type: 'data' },
    { type: 'data', channel: '1', data: 'x' },
    { type: 'open' },
  ])('takes no message of another form: %j', (message) => {
    expect(asHostMessage(message)).toBeUndefined();
    expect(asEngineMessage(message)).toBeUndefined();
  });
});
