import type { NetworkProfile } from '@shared/model/cloud';

/** A TCP proxy on this machine's loopback that behaves like a network. */
export interface DelayingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** The same seed gives the same jitter and losses to the same traffic. */
export type StartDelayingProxy = (
  profile: NetworkProfile,
  target: { readonly host: string; readonly port: number },
  seed: number,
) => Promise<DelayingProxy>;
