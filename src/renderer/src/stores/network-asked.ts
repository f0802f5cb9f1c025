import type { CloudInput } from '@shared/api/jobs';

/** The part of a request that says which network is simulated; empty for none. */
export type NetworkAsked = Pick<CloudInput, 'customNetwork'> & {
  network?: 'none' | 'wifi' | '4g' | '5g' | '3g' | 'custom';
};
