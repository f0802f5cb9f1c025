import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadMarks } from '@main/platform/node/marks';
import { expect, it } from 'vitest';
import { appRoot } from '../../../support/runner';
import { temporaryFolder } from '../../../support/temporary-folder';

const resources = join(appRoot, 'resources');

it('takes the shipped marks, changed by the user', () => {
  const data = temporaryFolder();
  expect(loadMarks(resources, data)).toEqual({ minCosine: 0.99, minSnrDb: 30, minAccuracyRatio: 0.98 });
  writeFileSync(join(data, 'marks.json'), '{"minSnrDb": 20}');
  expect(loadMarks(resources, data)).toEqual({ minCosine: 0.99, minSnrDb: 20, minAccuracyRatio: 0.98 });
});

it('names a file that is wrong', () => {
  const data = temporaryFolder();
  for (const text of ['{"minSnr": 20}', '{"minSnrDb": "20"}', 'no']) {
    writeFileSync(join(data, 'marks.json'), text);
    expect(() => loadMarks(resources, data)).toThrow(/marks\.json are wrong/);
  }
});
