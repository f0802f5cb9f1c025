/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many random cases a fuzz test tries: `usual` in `npm test`, EDGEBENCH_FUZZ in `npm run fuzz`. */
export const fuzzBudget = (usual: number): number => Number(process.env['EDGEBENCH_FUZZ'] ?? usual);

/** Seed of fuzz tests; EDGEBENCH_SEED replays a failure. */
export const FUZZ_SEED = Number(process.env['EDGEBENCH_SEED'] ?? 20_220_913);
