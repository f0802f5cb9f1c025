import type { NetworkModel } from '../model/comparison';
import { cloudMedianNs } from './network-model';

/** What the sliders say. `kbps` is the same each way, 0 is unlimited; the price is the user's, for 1,000 inferences. */
export interface WhatIf {
  readonly rttMs: number;
  readonly kbps: number;
  readonly pricePerThousand: number;
  readonly inferencesPerDay: number;
}

export interface WhatIfResult {
  readonly cloudP50Ns: number;
  /** Positive when the edge answers sooner. */
  readonly edgeGainNs: number;
  readonly costPerDay: number;
  readonly costPerYear: number;
  /** Bytes that leave the device. */
  readonly bytesPerDay: number;
}

const DAYS_PER_YEAR = 365;

/** The cloud side on another network, at another price and use: computed from what was measured, so a simulation. */
export function whatIf(edgeP50Ns: number, model: NetworkModel, asked: WhatIf): WhatIfResult {
  const { rttMs, kbps, pricePerThousand, inferencesPerDay } = asked;
  const cloudP50Ns = cloudMedianNs({ ...model, rttMs, upKbps: kbps, downKbps: kbps });
  const costPerDay = (pricePerThousand * inferencesPerDay) / 1000;
  return {
    cloudP50Ns,
    edgeGainNs: cloudP50Ns - edgeP50Ns,
    costPerDay,
    costPerYear: costPerDay * DAYS_PER_YEAR,
    bytesPerDay: model.requestBytes * inferencesPerDay,
  };
}
