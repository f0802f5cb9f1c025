import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operatorTypes } from '@main/services/convert/saved-model/operator-types';
import { appRoot } from '@test/support/runner';

const folder = join(appRoot, 'src/main/services/convert/read/keras');
/** How the readers name an operator that they write. */
const WRITTEN =
  /\b(?:add|addMany|unary|binary|compare|reduce|one|two|comparison|convolve|pool)\(\s*(?:[\w.]+,\s*){0,2}'([A-Z]\w+)'/g;

describe('operators that readers of Keras write', () => {
  const written = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        Array.from(readFileSync(join(folder, name), 'utf8').matchAll(WRITTEN), (match) => match[1]!),
      ),
  );

  it('are all declared, so that TensorFlow accepts their nodes', () => {
    expect(written.size).toBeGreaterThan(50);
    expect([...written].filter((operator) => !operatorTypes(operator))).toEqual([]);
  });
});
