import type { DeviceFingerprint } from '@shared/model/device';

/** Asks in one go for everything a fingerprint is made of. */
export const FINGERPRINT_COMMANDS = {
  props: 'getprop',
  meminfo: 'read m < /proc/meminfo; echo "$m"',
  cpus:
    'for c in /sys/devices/system/cpu/cpu[0-9]*; do f=; read f < $c/cpufreq/cpuinfo_max_freq; ' +
    'echo "${c##*/cpu} $f"; done',
  gpu:
    'm=; read m < /sys/class/kgsl/kgsl-3d0/gpu_model && echo "kgsl $m" || ' +
    'dumpsys -t 3 SurfaceFlinger | grep -m 1 "^ *GLES:"',
  accelerators: 'service list | grep neuralnetworks; lshal list -i | grep neuralnetworks',
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
    ...accelerated(sections),
    ...(isSimulated(props) ? { simulated: true } : {}),
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

/** Emulators and the tests' own devices say so themselves: QEMU's and Cuttlefish's properties, and that of test/device. */
const isSimulated = (props: ReadonlyMap<string, string>): boolean =>
  props.has('test-device.name') ||
  ['ro.kernel.qemu', 'ro.boot.qemu'].some((name) => props.get(name) === '1') ||
  /^(ranchu|goldfish|cutf_cvm)$/.test(props.get('ro.hardware') ?? '');

/** The GPU's name and the accelerators for NNAPI, where the device tells them to the shell. */
function accelerated(sections: ReadonlyMap<string, string>): Pick<DeviceFingerprint, 'gpu' | 'accelerators'> {
  // "kgsl Adreno740v2", or SurfaceFlinger's "GLES: ARM, Mali-G710, OpenGL ES 3.2 ...".
  const told = sections.get('gpu') ?? '';
  const gpu = /^kgsl (.+)/.exec(told)?.[1] ?? /GLES: ([^,\n]+, [^,\n]+)/.exec(told)?.[1]?.replace(', ', ' ');
  // "android.hardware.neuralnetworks.IDevice/google-edgetpu: []", or HIDL's "...neuralnetworks@1.3::IDevice/NAME".
  const names = [
    ...(sections.get('accelerators') ?? '').matchAll(/neuralnetworks[\w.@:]*IDevice\/([\w.-]{1,100})/g),
  ];
  const accelerators = [...new Set(names.map((match) => match[1] ?? ''))].sort().slice(0, 64);
  return defined({
    gpu: gpu?.trim().slice(0, 200),
    accelerators: accelerators.length > 0 ? accelerators : undefined,
  });
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
