import type { DeviceConditions } from '@shared/model/device';

/** Asks in one go for what a device is like at this moment; the shell's own `read` spares a process for each file. */
export const CONDITIONS_COMMANDS = {
  battery: 'dumpsys battery',
  thermal: 'dumpsys thermalservice',
  zones:
    'for z in /sys/class/thermal/thermal_zone*; do n=; t=; read n < $z/type; read t < $z/temp; echo "$n $t"; done',
  policies:
    'for c in /sys/devices/system/cpu/cpu[0-9]*/cpufreq; do g=; f=; n=; read g < $c/scaling_governor; ' +
    'read f < $c/scaling_max_freq; read n < $c/scaling_cur_freq; echo "$g $f $n"; done',
  load: 'read l < /proc/loadavg; echo "$l"',
  memory: 'cat /proc/meminfo',
  clock: 'date +%s; read u rest < /proc/uptime; echo "up $u"',
  power: 'dumpsys power | grep -E "mWakefulness=|Display Power: state="',
  current: 'read c < /sys/class/power_supply/battery/current_now; echo "$c"',
  rails: 'cat /sys/bus/iio/devices/iio:device*/energy_value',
} as const;

const numberIn = (text: string, pattern: RegExp): number | undefined => {
  const value = Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
};

/** Celsius from what drivers write, which is thousandths, tenths or whole degrees; undefined when it can be none of these. */
function celsius(raw: number): number | undefined {
  const value = Math.abs(raw) >= 1000 ? raw / 1000 : Math.abs(raw) >= 200 ? raw / 10 : raw;
  return value > -40 && value < 150 ? value : undefined;
}

export function readConditions(sections: ReadonlyMap<string, string>): DeviceConditions {
  const text = (name: keyof typeof CONDITIONS_COMMANDS): string => sections.get(name) ?? '';
  const battery = text('battery');
  const zonesC = readZones(text('zones'));
  const policies = text('policies')
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter(([governor, khz]) => governor !== '' && Number(khz) > 0);
  const present = policies.map(([, , khz]) => Number(khz));
  const rails = readRails(text('rails'));
  const tenths = numberIn(battery, /temperature: (-?\d+)/);
  const availableKb = numberIn(text('memory'), /MemAvailable:\s+(\d+) kB/);
  const hottest = Object.values(zonesC);
  const screen = /Display Power: state=(\w+)|mWakefulness=(\w+)/.exec(text('power'));
  const word = screen?.[1] ?? screen?.[2];
  return defined({
    batteryPercent: numberIn(battery, /^\s*level: (\d+)/m),
    charging: battery === '' ? undefined : /(AC|USB|Wireless|Dock) powered: true/.test(battery),
    batteryC: tenths === undefined ? undefined : tenths / 10,
    thermalStatus: numberIn(text('thermal'), /Thermal Status: (\d+)/),
    zonesC: hottest.length > 0 ? zonesC : undefined,
    hottestC: hottest.length > 0 ? Math.max(...hottest) : undefined,
    governors: policies.length > 0 ? unique(policies.map(([governor]) => governor ?? '')) : undefined,
    maxKHz: policies.length > 0 ? policies.map(([, khz]) => Number(khz)) : undefined,
    cpuKHz: present.length > 0 && present.every((khz) => khz > 0) ? present : undefined,
    load: numberIn(text('load'), /^([\d.]+)/),
    clockS: numberIn(text('clock'), /^(\d+)$/m),
    uptimeS: numberIn(text('clock'), /^up ([\d.]+)$/m),
    freeRamBytes: availableKb === undefined ? undefined : availableKb * 1024,
    screenOn: word === undefined ? undefined : word === 'ON' || word === 'Awake',
    chargeMicroAh: numberIn(battery, /Charge counter: (\d+)/),
    batteryMilliV: numberIn(battery, /^\s*voltage: (\d+)/m),
    batteryMicroA: numberIn(text('current'), /^(-?\d+)/),
    railsMicroJ: Object.keys(rails).length > 0 ? rails : undefined,
  });
}

function readZones(text: string): Record<string, number> {
  const zones: [string, number][] = [];
  for (const line of text.split('\n').slice(0, 256)) {
    const match = /^(\S{1,100}) (-?\d+)$/.exec(line.trim());
    const value = match ? celsius(Number(match[2])) : undefined;
    if (match && value !== undefined) zones.push([match[1] ?? '', value]);
  }
  return Object.fromEntries(zones);
}

/** "CH3(T=358356)[S4M_VDD_CPUCL0], 81000000", or "CH3[VSYS], 123": microjoules since the start (the odpm driver of Pixel phones). */
function readRails(text: string): Record<string, number> {
  const rails: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const match of text
    .slice(0, 100_000)
    .matchAll(/^CH\d+(?:\(T=\d+\))?\[([\w.-]{1,60})\], (\d{1,15})$/gm))
    rails[match[1] ?? ''] = Number(match[2]);
  return { ...rails };
}

const unique = (words: readonly string[]): string[] => [...new Set(words)].slice(0, 64);

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
