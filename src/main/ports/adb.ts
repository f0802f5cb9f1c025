import type { DeviceState } from '@shared/model/device';
import type { OpenFile } from './local-files';

/** A device as the ADB server lists it. */
export interface AdbDevice {
  readonly serial: string;
  readonly state: DeviceState;
}

export interface ShellRequest {
  /** The program and its arguments; each is quoted, none is read by the device's shell. */
  readonly command: readonly string[];
  /** Gets standard output as it comes. */
  readonly onOutput?: (bytes: Uint8Array) => void;
  readonly timeoutMs: number;
  /** Ends the wait, and with it the remote process, when nothing came for so long. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ShellResult {
  /** Undefined where the device cannot tell it (Android before 7). */
  readonly exitStatus: number | undefined;
  /** At most the first MiB; empty when `onOutput` took it. */
  readonly output: string;
  readonly errors: string;
}

export interface PushRequest {
  readonly contents: Pick<OpenFile, 'readInto'>;
  readonly path: string;
  readonly executable?: boolean;
  readonly onSent?: (bytes: number) => void;
  /** Fails when no byte got away for so long. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What is asked of one device. Everything rejects with an AppError: `device.lost` when the connection breaks, `timeout`
 * when it stalls, `device.no-space`, `device.not-found`, `device.not-ready`; or with the signal's reason.
 */
export interface AdbConnection {
  shell(request: ShellRequest): Promise<ShellResult>;
  push(request: PushRequest): Promise<void>;
  /** The file's bytes; refuses one longer than `limit`. */
  pull(path: string, limit: number, signal?: AbortSignal): Promise<Uint8Array>;
}

export interface Adb {
  /** All devices, whatever their state. Rejects with `device.adb-missing` when there is no ADB server and none can be started. */
  list(): Promise<readonly AdbDevice[]>;
  /** Calls `onChange` at each change until the signal; survives the server's death. */
  watch(onChange: (devices: readonly AdbDevice[]) => void, signal: AbortSignal): Promise<void>;
  /** `serial` as in the list, where devices of one serial are told apart by what follows a "#". */
  connection(serial: string): AdbConnection;
  /** Over the network, "HOST:PORT". Rejects with `device.not-found` and what the server said. */
  connect(address: string): Promise<void>;
  disconnect(address: string): Promise<void>;
  /** Exchanges keys with a device that shows a code of six digits. */
  pair(address: string, code: string): Promise<void>;
}
