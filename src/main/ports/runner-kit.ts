import type { DeviceFingerprint } from '@shared/model/device';

/** A build of our runner that may run on a target; paths on this computer. */
export interface RunnerKit {
  /** "A": made for the target's own C library; "B": with a C library of its own; "host": this computer's. */
  readonly startWay: string;
  readonly program: string;
  /** The TensorFlow Lite library that it loads. */
  readonly library: string;
  /** The GPU delegate's library, and the runtime's that is of its version. */
  readonly gpu?: { readonly library: string; readonly delegate: string };
  /** Starts the program with these libraries loaded before it, where it brings its own C library. */
  readonly loader?: { readonly program: string; readonly libraries: readonly string[] };
}

/** What there is for a device, most wanted first. */
export type RunnerKits = (device: DeviceFingerprint) => readonly RunnerKit[];
