import type { LocalFiles } from '@main/ports/local-files';
import type {
  FoundProgram,
  Preparation,
  ProgramExit,
  ProgramStart,
  RunnerTarget,
} from '@main/ports/runner-target';
import type { RunnerParts } from '@main/services/bench';
import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import { crc32 } from '@shared/runner/crc32';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What one launch of a scripted target does: it is given samples to tell, and may wait or throw. */
export type ScriptedLaunch = (
  tell: (samplesNs: readonly number[]) => void,
  signal: AbortSignal | undefined,
) => Promise<void> | void;

/**
 * A device that measures nothing: it speaks the runner's language as a script says, so that faults can be put where no real
 * device could be made to have them. Its conditions are whatever `conditionsNow` is.
 */
export class ScriptedTarget implements RunnerTarget {
  readonly serial: string;
  conditionsNow: DeviceConditions = { thermalStatus: 0, batteryPercent: 80, charging: true };
  /** Instead of `conditionsNow`, where each answer is to be another. */
  onConditions: (() => DeviceConditions) | undefined;
  onLaunch: ScriptedLaunch = (tell) => tell(Array.from({ length: 64 }, (_, i) => 1_000_000 + i));
  /** Launches that began, of any mode but the looks at operators and memory. */
  launches = 0;
  /** How often it was asked how it is. */
  asked = 0;
  prepared = 0;
  restored = 0;

  constructor(serial: string) {
    this.serial = serial;
  }

  /** Until it was asked twice more: then somebody has seen what it is like now. */
  async looked(): Promise<void> {
    for (const before = this.asked; this.asked < before + 2;)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  fingerprint(): Promise<DeviceFingerprint> {
    return Promise.resolve({ kind: 'android', serial: this.serial, abis: ['arm64-v8a'], build: 'b1' });
  }

  prepare(): Promise<Preparation> {
    this.prepared += 1;
    return Promise.resolve({
      fixedPerformance: true,
      restore: () => {
        this.restored += 1;
        return Promise.resolve();
      },
    });
  }

  conditions(): Promise<DeviceConditions> {
    this.asked += 1;
    return Promise.resolve(this.onConditions?.() ?? this.conditionsNow);
  }

  put(): Promise<string> {
    return Promise.resolve('/data/local/tmp/edgebench/file');
  }

  putProgram(): Promise<string> {
    return this.put();
  }

  find(): Promise<FoundProgram | undefined> {
    return Promise.resolve(undefined);
  }

  async execute(request: ProgramStart): Promise<ProgramExit> {
    const [, mode, ...flags] = request.command;
    const nonce = flags[flags.indexOf('--nonce') + 1] ?? '';
    let number = 0;
    const line = (fields: string): void => {
      const body = `{"p":1,"n":"${nonce}","i":${number++},${fields}`;
      const sum = crc32(bytesOf(body)).toString(16).padStart(8, '0');
      request.onOutput(bytesOf(`${body},"c":"${sum}"}\n`));
    };
    line('"ev":"library","version":"2.21.0","ns":1');
    if (mode === 'bench') {
      this.launches += 1;
      let from = 0;
      await this.onLaunch((samplesNs) => {
        line(`"ev":"samples","from":${from},"ns":[${samplesNs.join(',')}]`);
        from += samplesNs.length;
      }, request.signal);
      request.signal?.throwIfAborted();
    } else if (mode === 'profile') line('"ev":"coverage","operators":3,"delegated":3,"partitions":1');
    line('"ev":"end","status":"ok"');
    return { exitStatus: 0, errors: '' };
  }

  scratch(name: string): string {
    return `/data/local/tmp/edgebench/out-${name}`;
  }

  take(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array());
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }
}

/** What our runner is made from where nothing is sent. */
export const scriptedParts: RunnerParts = {
  files: {
    identify: (path: string) => Promise.resolve({ path, bytes: 9, sha256: 'e'.repeat(64) }),
  } as Partial<LocalFiles> as LocalFiles,
  kits: () => [{ startWay: 'A', program: '/runner', library: '/library.so' }],
};

/** Waits until the signal, and fails with its reason. */
export const untilAborted = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
