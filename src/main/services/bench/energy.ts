import type { DeviceConditions } from '@shared/model/device';
import type { Launch, Run } from '@shared/model/run';

/** Rails of what computes: processors, accelerators and memory, as the makers of Pixel phones name them. */
const COMPUTE = /CPU|GPU|G3D|TPU|NPU|MIF|DDR|DRAM|MEM|_INT|SLC/;
/** Coulombs in a microampere hour, and volts in a millivolt; their product is in microjoules. */
const MICRO_J_PER_MICRO_AH_MILLI_V = 3600 / 1000;
/** Fuel gauges count in steps of a thousand microampere hours or so: below twenty of them, the figure is their rounding. */
const LEAST_MICRO_AH = 20_000;

interface Between {
  readonly before: DeviceConditions;
  readonly after: DeviceConditions;
  readonly inferences: number;
}

/**
 * Energy of one inference from what the device metered before and after its launches, with start-up and warm-up in both sums: the
 * power rails of what computes where it meters them, else the battery's charge. Undefined where it meters neither.
 */
export function energyOf(launches: readonly Launch[]): Run['energy'] {
  const spans = launches.flatMap((launch): Between[] => {
    const { before, after } = launch;
    if (launch.status !== 'completed' || !before || !after) return [];
    const counted = launch.told?.samples ?? launch.samplesNs.length;
    return [{ before, after, inferences: counted + launch.warmupRuns + 1 }];
  });
  if (spans.length === 0) return undefined;
  return ofRails(spans) ?? ofBattery(spans);
}

function ofRails(spans: readonly Between[]): Run['energy'] {
  const [first] = spans;
  const all = Object.keys(first?.before.railsMicroJ ?? {}).sort();
  const compute = all.filter((name) => COMPUTE.test(name));
  const rails = compute.length > 0 ? compute : all;
  if (rails.length === 0) return undefined;
  let microJoules = 0;
  for (const { before, after } of spans)
    for (const rail of rails) {
      const used = (after.railsMicroJ?.[rail] ?? Number.NaN) - (before.railsMicroJ?.[rail] ?? Number.NaN);
      // A meter that is gone, or began anew: there is no figure then.
      if (!(used >= 0)) return undefined;
      microJoules += used;
    }
  // Meters that stand still are not read by the driver at that moment; nothing computes for nothing.
  if (microJoules === 0) return undefined;
  return {
    microJoules: microJoules / inferencesOf(spans),
    valid: true,
    source: `power rails ${rails.join(' + ')}`,
  };
}

function ofBattery(spans: readonly Between[]): Run['energy'] {
  let [microJoules, microAh] = [0, 0];
  let plugged = false;
  for (const { before, after } of spans) {
    const used = (before.chargeMicroAh ?? Number.NaN) - (after.chargeMicroAh ?? Number.NaN);
    const milliV = ((before.batteryMilliV ?? Number.NaN) + (after.batteryMilliV ?? Number.NaN)) / 2;
    if (Number.isNaN(used * milliV)) return undefined;
    microAh += used;
    microJoules += used * milliV * MICRO_J_PER_MICRO_AH_MILLI_V;
    plugged ||= before.charging !== false || after.charging !== false;
  }
  const why = plugged
    ? ', not valid: on external power'
    : microAh < LEAST_MICRO_AH
      ? ', not valid: too little was drawn to be told'
      : '';
  return {
    microJoules: microJoules / inferencesOf(spans),
    valid: why === '',
    source: `battery charge${why}`,
  };
}

const inferencesOf = (spans: readonly Between[]): number =>
  spans.reduce((sum, { inferences }) => sum + inferences, 0);
