import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findAdb } from '@main/platform/adbkit/find-adb';
import { appRoot } from './runner';

const program = join(appRoot, 'test', 'device', 'test-device');

export interface TestDevice {
  readonly name: string;
  readonly serial: string;
  readonly port: number;
  readonly abi: string;
  /** Where its /data/local/tmp is on this machine. */
  readonly tmp: string;
}

const call = (...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Why no test devices can be had here, or undefined when they can. Sets the first of them up. */
export function prepareDevices(abi: 'x86_64' | 'arm64' | 'all' = 'x86_64'): string | undefined {
  if (process.platform !== 'linux') return 'test devices need Linux';
  if (!findAdb()) return 'the adb program was not found';
  for (const args of [['check'], ['setup', '--abi', abi]]) {
    const done = spawnSync(program, args, { encoding: 'utf8' });
    if (done.error) return done.error.message;
    if (done.status === 77) return done.stderr.trim().split('\n').at(-1) ?? 'test devices cannot run here';
    if (done.status !== 0) throw new Error(done.stderr);
  }
  return undefined;
}

/** Starts a device that ends with this process, and connects the ADB server of `port` to it. */
export function startDevice(port: number, ...options: string[]): TestDevice {
  const name = `edgebench-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const device = JSON.parse(
    call('start', '--json', '--name', name, '--owner', String(process.pid), ...options),
  ) as TestDevice;
  adb(port, 'connect', device.serial);
  return device;
}

export const stopDevice = (device: TestDevice): void => void call('stop', '--name', device.name);

/** E.g. `fault(device, 'offline', '--after-bytes', '4m')`. */
export const fault = (device: TestDevice, ...args: string[]): void =>
  void call('fault', ...args.slice(0, 1), '--name', device.name, ...args.slice(1));

export const recover = (device: TestDevice): void => void call('recover', '--name', device.name);

export const setDevice = (device: TestDevice, ...values: string[]): void =>
  void call('set', '--name', device.name, ...values);

export function adb(port: number, ...args: string[]): string {
  return execFileSync(findAdb() ?? 'adb', ['-P', String(port), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits until something holds, asking ten times a second. */
export async function until(what: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (let waited = 0; waited < withinMs; waited += 100) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not come to be');
}
