import type { AdbDevice } from '@main/ports/adb';
import { DEVICE_STATES, type DeviceState } from '@shared/model/device';
import type { Route } from './transport';

/** Words of the ADB server that differ from ours, and what they stand for. */
const STATES: Readonly<Record<string, DeviceState>> = {
  'no permissions': 'no-permissions',
  authorizing: 'connecting',
  host: 'unknown',
  rescue: 'recovery',
};

/** The line's words: serial (no spaces), state (one word, but "no permissions" and what follows it), properties. */
const LINE = /^(\S+)\s+(no permissions|\S+)(.*)$/;

export interface RoutedDevice extends AdbDevice {
  readonly route: Route;
}

/** What "host:devices-l" answers; devices of one serial are told apart by the server's number for each, as in "SERIAL#7". */
export function readDeviceList(text: string): readonly RoutedDevice[] {
  const listed = text.split('\n').flatMap((line) => {
    const [, serial, word, properties = ''] = LINE.exec(line.trim()) ?? [];
    if (serial === undefined || word === undefined) return [];
    const id = / transport_id:(\d+)(?: |$)/.exec(properties)?.[1];
    return [{ serial, state: stateOf(word), id }];
  });
  return listed.map(({ serial, state, id }) => {
    const isShared = listed.filter((other) => other.serial === serial).length > 1;
    return isShared && id !== undefined
      ? { serial: `${serial}#${id}`, state, route: `transport-id:${Number(id)}` }
      : { serial, state, route: `transport:${serial}` };
  });
}

const stateOf = (word: string): DeviceState =>
  DEVICE_STATES.find((state) => state === word) ?? STATES[word] ?? 'unknown';
