import { asEngineMessage, type EngineMessage, type HostMessage, type VaultAct } from './messages';

/** A started engine, whatever kind of process it is. */
export interface EngineChild {
  send(message: HostMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the process is gone. */
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}

/** One client's line to the engine. */
export interface EngineChannel {
  send(data: string): void;
  close(): void;
}

interface OpenChannel {
  readonly onData: (data: string) => void;
  readonly onClose: (reason: string) => void;
}

const noVault: VaultAct = () => ({
  refusal:
    'Secrets are kept by the desktop app only. Here, give them in environment variables (EDGEBENCH_SECRET_NAME).',
});

/**
 * Keeps the engine running in a process of its own. When it dies, every open channel is closed with the reason and the
 * next channel starts a new one: clients reconnect, stored runs are safe in the data folder.
 */
export class EngineProcess {
  readonly #launch: () => EngineChild;
  readonly #onStartFailure: (message: string) => void;
  readonly #channels = new Map<number, OpenChannel>();
  readonly #vault: VaultAct;
  #child: EngineChild | undefined;
  /** Messages for an engine that is still starting: it listens only once it is ready. Undefined when it is. */
  #waiting: HostMessage[] | undefined;
  #nextChannel = 1;
  #stopping = false;

  constructor(launch: () => EngineChild, onStartFailure: (message: string) => void, vault = noVault) {
    this.#launch = launch;
    this.#onStartFailure = onStartFailure;
    this.#vault = vault;
  }

  openChannel(onData: (data: string) => void, onClose: (reason: string) => void): EngineChannel {
    const channel = this.#nextChannel++;
    this.#channels.set(channel, { onData, onClose });
    this.#running();
    this.#send({ type: 'open', channel });
    return {
      send: (data) => {
        if (this.#channels.has(channel)) this.#send({ type: 'data', channel, data });
      },
      close: () => {
        if (this.#channels.delete(channel)) this.#send({ type: 'close', channel });
      },
    };
  }

  /** Asks the engine to finish and ends it when it does not within `graceMs`. */
  async stop(graceMs = 3000): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        child.kill();
        resolve();
      }, graceMs);
      child.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      child.send({ type: 'stop' });
    });
  }

  #send(message: HostMessage): void {
    if (this.#waiting) this.#waiting.push(message);
    else this.#child?.send(message);
  }

  #running(): void {
    if (this.#child || this.#stopping) return;
    const child = this.#launch();
    this.#child = child;
    this.#waiting = [];
    child.onMessage((raw) => {
      const message = asEngineMessage(raw);
      if (message) this.#receive(message);
    });
    child.onExit((reason) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      const open = [...this.#channels.values()];
      this.#channels.clear();
      if (!this.#stopping) for (const channel of open) channel.onClose(reason);
    });
  }

  #receive(message: EngineMessage): void {
    if (message.type === 'ready') {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const held of waiting) this.#child?.send(held);
    } else if (message.type === 'data') this.#channels.get(message.channel)?.onData(message.data);
    else if (message.type === 'failed') this.#onStartFailure(message.message);
    else if (message.type === 'vault') {
      const { request, act, data } = message;
      this.#child?.send({ type: 'vault', request, ...this.#vault(act, data) });
    }
  }
}
