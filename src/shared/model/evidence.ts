/** Where a figure comes from. `given`: told by the user or true by construction; the note says which. */
export const EVIDENCE = ['measured', 'simulated', 'given', 'not-measured'] as const;
export type Evidence = (typeof EVIDENCE)[number];
export const EVIDENCE_TITLES: Record<Evidence, string> = {
  measured: 'measured',
  simulated: 'simulated',
  given: 'given',
  'not-measured': 'not measured',
};
