import { Flattening } from '@main/services/convert/source/flattening';
import type { SourceGraph } from '@main/services/convert/source';
import { describe, expect, it } from 'vitest';

const source: SourceGraph = {
  format: 'saved-model',
  nodes: new Map(),
  functions: new Map(),
  signatures: [],
  defaultSignature: 'serving_default',
  variables: new Map(),
  notes: [],
  close: () => undefined,
};

describe('a model that keeps state', () => {
  it('is refused with the variables that it reads and changes', () => {
    const run = new Flattening(source);
    run.frozen('counter');
    run.frozen('kernel');
    run.assigned('counter');
    expect(() => run.allNotes()).toThrow(
      expect.objectContaining({
        code: 'model.unsupported',
        message: expect.stringContaining("'counter'") as unknown,
      }),
    );
    expect(() => run.allNotes()).not.toThrow(
      expect.objectContaining({ message: expect.stringContaining('kernel') as unknown }),
    );
  });

  it('may write what nothing reads (metrics, a step count), and read what nothing writes', () => {
    const run = new Flattening(source);
    run.frozen('kernel');
    run.assigned('step');
    expect(run.allNotes()).toEqual([]);
  });
});
