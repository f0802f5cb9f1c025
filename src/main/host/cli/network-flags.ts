import type { Command } from 'commander';
import { AppError } from '@shared/error/app-error';
import { NETWORK_PROFILE_NAMES, type NetworkProfileName } from '@shared/model/cloud';
import { given, parseNotNegative } from './arguments';

/** What the command line says of a simulated network. */
export interface NetworkFlags {
  readonly network?: string;
  readonly rtt?: number;
  readonly jitter?: number;
  readonly up?: number;
  readonly down?: number;
  readonly loss?: number;
}

export const withNetworkFlags = (command: Command): Command =>
  command
    .option('--network <profile>', 'simulated network: none, wifi, 4g, 5g, 3g')
    .option('--rtt <ms>', 'simulated network of your own: round-trip time', parseNotNegative)
    .option('--jitter <ms>', '… standard deviation of the one-way delay', parseNotNegative)
    .option('--up <kbit/s>', '… bandwidth to the server (0: unlimited)', parseNotNegative)
    .option('--down <kbit/s>', '… bandwidth from the server (0: unlimited)', parseNotNegative)
    .option('--loss <percent>', '… share of packets lost', parseNotNegative);

const isProfile = (name: string): name is NetworkProfileName =>
  name !== 'custom' && (NETWORK_PROFILE_NAMES as readonly string[]).includes(name);

/** The network as the engine takes it; AppError `usage.wrong` for a profile and figures at once, and for unknown profiles. */
export function networkGiven({ network, rtt, jitter, up, down, loss }: NetworkFlags) {
  const figures = given({ rttMs: rtt, jitterMs: jitter, upKbps: up, downKbps: down, lossPercent: loss });
  const hasFigures = Object.keys(figures).length > 0;
  if (network === undefined) return hasFigures ? { customNetwork: figures } : {};
  if (hasFigures)
    throw new AppError('usage.wrong', 'Give a network profile or figures of your own, not both.');
  if (isProfile(network)) return { network };
  const profiles = NETWORK_PROFILE_NAMES.filter((name) => name !== 'custom').join(', ');
  throw new AppError('usage.wrong', `There is no network profile '${network}'. Profiles: ${profiles}.`);
}
