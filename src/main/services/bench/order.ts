import type { Profile } from '@shared/model/profile';

/** One launch of a plan: which of the plan's series, and the how-manieth launch of it. */
export interface PlannedLaunch {
  readonly series: number;
  readonly launch: number;
}

/**
 * The launches of a plan in the order they run, as many turns of them as there may be at most. `sequential` finishes one series before the next; `interleaved` takes a launch of
 * each in turn; `random` shuffles each turn, the same way for the same seed.
 */
export function launchOrder(series: number, profile: Profile, seed: string): readonly PlannedLaunch[] {
  const most = profile.order === 'sequential' ? profile.launches : (profile.mostLaunches ?? profile.launches);
  const turns = Array.from({ length: Math.max(most, profile.launches) }, (_, launch) =>
    Array.from({ length: series }, (_, index) => ({ series: index, launch })),
  );
  if (profile.order === 'sequential')
    return turns.flat().sort((a, b) => a.series - b.series || a.launch - b.launch);
  if (profile.order === 'random') {
    const random = generator(seed);
    for (const turn of turns) shuffle(turn, random);
  }
  return turns.flat();
}

function shuffle(items: unknown[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
}

/** Numbers in [0, 1) from a text: FNV-1a for the seed, then xorshift32. */
function generator(seed: string): () => number {
  let state = 2166136261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  state = state >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
