import * as z from 'zod';
import { networkProfileSchema, type NetworkProfile, type NetworkProfileName } from '@shared/model/cloud';

const files = import.meta.glob<unknown>('../../../../resources/networks.json', {
  import: 'default',
  eager: true,
});

/** The network profiles that come with the program; typical figures, to be replaced by the user's own ("custom"). */
export const NETWORK_PROFILES: readonly NetworkProfile[] = z
  .array(networkProfileSchema)
  .parse(Object.values(files)[0]);

/** A shipped profile by its name; undefined for "custom", which has its own figures. */
export const networkProfile = (name: NetworkProfileName): NetworkProfile | undefined =>
  NETWORK_PROFILES.find((profile) => profile.name === name);
