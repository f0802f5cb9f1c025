import type { DeviceFingerprint } from '@shared/model/device';

/** Asks in one go for everything a fingerprint is made of. */
export const FINGERPRINT_COMMANDS = {
  props: 'getprop',
  meminfo: 'read m < /proc/meminfo; echo "$m"',
  cpus:
    'for c in /sys/devices/system/cpu/cpu[0-9]*; do f=; read f < $c/cpufreq/cpuinfo_max_freq; ' +
    'echo "${c##*/cpu} $f"; done',
} as const;

const PROPERTY = /^\[([^\]]+)\]: \[([^\]]*)\]$/gm;

/** What getprop prints, by name. */
export const readProperties = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(PROPERTY)].map((match) => [match[1] ?? '', (match[2] ?? '').slice(0, 1000)]));

export function readFingerprint(serial: string, sections: ReadonlyMap<string, string>): DeviceFingerprint {
  const props = readProperties(sections.get('props') ?? '');
  const prop = (...names: string[]): string | undefined =>
    names.map((name) => props.get(name)).find((value) => value !== undefined && value !== '');
  const ramKb = Number(/(\d+) kB/.exec(sections.get('meminfo') ?? '')?.[1]);
  const sdk = Number(prop('ro.build.version.sdk'));
  const soc = [prop('ro.soc.manufacturer'), prop('ro.soc.model')]
    .filter((part) => part !== undefined)
    .join(' ');
  return {
    kind: 'android',
    serial,
    abis: (prop('ro.product.cpu.abilist', 'ro.product.cpu.abi') ?? '').split(',').filter((abi) => abi !== ''),
    clusters: readClusters(sections.get('cpus') ?? ''),
    wearable: (props.get('ro.build.characteristics') ?? '').includes('watch'),
    ...defined({
      manufacturer: prop('ro.product.manufacturer'),
      model: prop('ro.product.model'),
      soc: soc || prop('ro.board.platform', 'ro.hardware'),
      osVersion: prop('ro.build.version.release'),
      sdk: Number.isInteger(sdk) && sdk > 0 ? sdk : undefined,
      build: prop('ro.build.fingerprint'),
      ramBytes: Number.isFinite(ramKb) ? ramKb * 1024 : undefined,
    }),
  };
}

/** Cores of one highest frequency make a cluster; slowest first. */
function readClusters(text: string): NonNullable<DeviceFingerprint['clusters']> {
  const byFrequency = new Map<number, number[]>();
  for (const line of text.split('\n')) {
    const [core, khz] = line.trim().split(' ').map(Number);
    if (core === undefined || !Number.isInteger(core) || core < 0 || core > 1023) continue;
    const key = khz !== undefined && Number.isFinite(khz) ? khz : 0;
    byFrequency.set(key, [...(byFrequency.get(key) ?? []), core]);
  }
  return [...byFrequency]
    .sort(([a], [b]) => a - b)
    .map(([maxKHz, cores]) => ({ cores: cores.sort((a, b) => a - b), ...(maxKHz > 0 ? { maxKHz } : {}) }));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
