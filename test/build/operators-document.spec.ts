import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorsDocument } from '../../build/gen/operators-document';

describe('docs/operators.md', () => {
  it('is what npm run gen makes of the registry', () => {
    const written = readFileSync(join(__dirname, '../../docs/operators.md'), 'utf8').replaceAll('\r\n', '\n');
    expect(written).toBe(operatorsDocument());
  });
});
