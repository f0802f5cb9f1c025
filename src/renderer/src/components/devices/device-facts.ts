import type { DeviceEntry } from '@shared/api/devices';
import type { DeviceConditions, DeviceFingerprint } from '@shared/model/device';
import { bytesText } from '../../format';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'warn' | 'bad';
  readonly title?: string;
}

/** Names of android.os.PowerManager's thermal statuses. */
const HEAT = ['cool', 'light', 'moderate', 'severe', 'critical', 'emergency', 'shutdown'];
const SEVERE = 3;
const LOW_BATTERY_PERCENT = 15;

const told = (facts: readonly (Fact | false | undefined)[]): Fact[] =>
  facts.filter((fact): fact is Fact => typeof fact === 'object');
const fact = (name: string, value: string | undefined): Fact | undefined =>
  value === undefined || value === '' ? undefined : { name, value };

/** What a device is. */
export const hardwareFacts = (device: DeviceFingerprint): Fact[] =>
  told([
    fact(device.kind === 'android' ? 'Chip' : 'Processor', device.soc),
    fact('System', systemText(device)),
    fact('ABI', device.abis.join(', ')),
    fact(
      'Memory',
      device.ramBytes === undefined ? undefined : `${(device.ramBytes / 2 ** 30).toFixed(1)} GiB`,
    ),
    fact('GPU', device.gpu),
    fact('Accelerators', device.accelerators?.join(', ')),
    device.build === undefined ? undefined : { name: 'Build', value: device.build, title: device.build },
  ]);

function systemText({ kind, osVersion, sdk }: DeviceFingerprint): string | undefined {
  if (osVersion === undefined) return undefined;
  return kind === 'android' ? `Android ${osVersion}${sdk === undefined ? '' : ` (API ${sdk})`}` : osVersion;
}

/** How it is now. */
export const stateFacts = (now: DeviceConditions): Fact[] =>
  told([
    batteryFact(now),
    heatFact(now),
    hottestFact(now),
    ...loadFacts(now),
    clockFact(now),
    screenFact(now),
  ]);

function batteryFact({ batteryPercent, charging, batteryC }: DeviceConditions): Fact | undefined {
  if (batteryPercent === undefined) return undefined;
  const more = [charging && 'charging', batteryC !== undefined && `${batteryC.toFixed(0)} °C`].filter(
    Boolean,
  );
  return {
    name: 'Battery',
    value: [`${batteryPercent} %`, ...more].join(', '),
    ...(batteryPercent < LOW_BATTERY_PERCENT && charging !== true ? { tone: 'bad' as const } : {}),
  };
}

function heatFact({ thermalStatus }: DeviceConditions): Fact | undefined {
  if (thermalStatus === undefined) return undefined;
  const value = HEAT[thermalStatus] ?? String(thermalStatus);
  const tone = thermalStatus >= SEVERE ? 'bad' : thermalStatus > 0 ? 'warn' : undefined;
  return { name: 'Thermal status', value, ...(tone ? { tone } : {}) };
}

function hottestFact({ hottestC, zonesC = {} }: DeviceConditions): Fact | undefined {
  if (hottestC === undefined) return undefined;
  const zones = Object.entries(zonesC).sort(([, a], [, b]) => b - a);
  return {
    name: 'Hottest',
    value: `${hottestC.toFixed(0)} °C${zones[0] ? ` (${zones[0][0]})` : ''}`,
    title: zones.map(([name, degrees]) => `${name} ${degrees.toFixed(1)} °C`).join('\n'),
  };
}

const loadFacts = ({ load, freeRamBytes }: DeviceConditions): (Fact | undefined)[] => [
  fact('Load', load?.toFixed(2)),
  fact('Free memory', freeRamBytes === undefined ? undefined : bytesText(freeRamBytes)),
];

function clockFact({ governors, turbo }: DeviceConditions): Fact | undefined {
  const parts = [governors?.join(', '), turbo === undefined ? undefined : `turbo ${turbo ? 'on' : 'off'}`];
  return fact('Clocks', parts.filter((part) => part !== undefined).join(', '));
}

const screenFact = ({ screenOn }: DeviceConditions): Fact | undefined =>
  fact('Screen', screenOn === undefined ? undefined : screenOn ? 'on' : 'off');

export interface Cluster {
  /** "big", "middle", "little" as a benchmark takes them; empty where all cores are of one kind. */
  readonly kind: string;
  readonly cores: readonly { readonly index: number; readonly khz: number | undefined }[];
  readonly maxKHz: number | undefined;
}

/** Clusters, fastest first, with what each core runs at now where that is told. */
export function clustersOf({ fingerprint, conditions }: DeviceEntry): Cluster[] {
  const clusters = fingerprint?.clusters ?? [];
  const order = clusters.flatMap(({ cores }) => cores).sort((a, b) => a - b);
  const nowKHz = conditions?.cpuKHz?.length === order.length ? conditions.cpuKHz : undefined;
  return clusters
    .map(({ cores, maxKHz }, at) => ({
      kind: clusters.length < 2 ? '' : kindOf(at, clusters.length),
      cores: cores.map((index) => ({ index, khz: nowKHz?.[order.indexOf(index)] })),
      maxKHz,
    }))
    .reverse();
}

const kindOf = (at: number, of: number): string => (at === 0 ? 'little' : at === of - 1 ? 'big' : 'middle');

/** "2.85 GHz". */
export const clockText = (khz: number | undefined): string =>
  khz === undefined ? '' : khz >= 1e6 ? `${(khz / 1e6).toFixed(2)} GHz` : `${(khz / 1e3).toFixed(0)} MHz`;

/** Whether a device hangs on the network: its serial is an address then, maybe with the server's number behind it. */
export const isOnNetwork = (serial: string): boolean => /^(\[[^\]]+\]|[\w.-]+):\d{1,5}$/.test(serial);
