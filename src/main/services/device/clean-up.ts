/** A file of ours on a device, as `stat -c '%Y %s %n'` tells. */
interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  /** Seconds since it was last used. */
  readonly age: number;
}

const DAY_S = 86_400;
/** Unused for so long, a file goes; models of a project in use are sent once a month at worst. */
const LONGEST_UNUSED_S = 30 * DAY_S;
/** Above this, the longest unused go first, but none that was used today. */
const MOST_BYTES = 4 * 2 ** 30;
const NAME = /^[0-9a-f]{64}$/;

/** One line with the device's time, then one for each file in `folder`; the name comes last, as it could hold spaces. */
export const listingScript = (folder: string): string =>
  `cd ${folder} && date +%s && stat -c '%Y %s %n' -- * 2>/dev/null; true`;

/** Names of files that are to be removed; what is not named as we name files is not ours to remove. */
export function filesToRemove(listing: string): readonly string[] {
  const [first = '', ...lines] = listing.split('\n');
  const now = Number(first);
  if (!Number.isInteger(now) || now <= 0) return [];
  const files = lines.flatMap((line): StoredFile[] => {
    const match = /^(\d+) (\d+) (.*)$/.exec(line.trim());
    if (!match || !NAME.test(match[3] ?? '')) return [];
    return [{ name: match[3] ?? '', bytes: Number(match[2]), age: now - Number(match[1]) }];
  });
  files.sort((a, b) => b.age - a.age);
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: string[] = [];
  for (const { name, bytes, age } of files) {
    if (age <= LONGEST_UNUSED_S && (total <= MOST_BYTES || age <= DAY_S)) continue;
    removed.push(name);
    total -= bytes;
  }
  return removed;
}
