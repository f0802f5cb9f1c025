import * as z from 'zod';

/** `demo` is the quick tour's: too short for a verdict, long enough for a median. */
export const PROFILE_NAMES = ['demo', 'quick', 'standard', 'release'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

const count = z.number().int().min(0).max(1_000_000);
const seconds = z.number().min(0).max(86_400);

/** Conditions under which a launch may begin; besides, charging and screen have to be as they were at the start. */
export const gateSchema = z.object({
  waitSeconds: seconds,
  /** Android's thermal status, at most. */
  thermalStatus: z.number().int().min(0).max(6),
  /** At least, unless it charges. */
  batteryPercent: z.number().min(0).max(100),
  /** At most, in degrees. */
  batteryC: z.number().min(0).max(100).optional(),
});
export type Gate = z.infer<typeof gateSchema>;

/** How long to measure and when to stop; shipped as data in resources/profiles, every number may be overridden per run. */
export const profileSchema = z.object({
  name: z.enum(PROFILE_NAMES),
  warmup: z.object({
    runs: count,
    seconds,
    /** Warm up until three successive windows agree within this share, at most `capSeconds`. */
    untilWithin: z.number().min(0).max(1).optional(),
    capSeconds: seconds.optional(),
  }),
  /** Both minima have to be reached in a launch. */
  samplesPerLaunch: count,
  secondsPerLaunch: seconds,
  launches: z.number().int().min(1).max(1000),
  /** With `stopWhenSeparated`: so many at most, when `launches` do not tell the variants apart. */
  mostLaunches: z.number().int().min(1).max(1000).optional(),
  /** A run's launches that were spoiled are made again, at most so many of them. */
  repeats: z.number().int().min(0).max(100).optional(),
  /** What a launch waits for before it begins, and how long at most. */
  gate: gateSchema.optional(),
  order: z.enum(['sequential', 'interleaved', 'random']),
  /** Stop early when the interval of the difference separates from zero. */
  stopWhenSeparated: z.boolean(),
  cooldown: z.object({
    seconds,
    /** Wait until the temperature is within this many degrees of the start, at most `capSeconds`. */
    untilWithinC: z.number().min(0).max(50).optional(),
    capSeconds: seconds.optional(),
  }),
  /** Percentiles to show where the sample supports them, in percent. */
  percentiles: z.array(z.number().min(0).max(100)).min(1).max(10),
  /** False where one launch cannot carry a verdict. */
  verdict: z.boolean(),
});
export type Profile = z.infer<typeof profileSchema>;
