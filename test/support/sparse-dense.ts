import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder';

/** A TF.js graph model of one dense layer of `rows` x `columns` zeros; its weights take no room on the disk. */
export function sparseDense(rows: number, columns: number): string {
  const folder = temporaryFolder();
  const floats = { type: 'DT_FLOAT' };
  const dims = (...sizes: number[]): object => ({
    shape: { dim: sizes.map((size) => ({ size: String(size) })) },
  });
  writeFileSync(
    join(folder, 'model.json'),
    JSON.stringify({
      format: 'graph-model',
      modelTopology: {
        node: [
          { name: 'x', op: 'Placeholder', attr: { dtype: floats, shape: dims(1, rows) } },
          {
            name: 'w',
            op: 'Const',
            attr: {
              dtype: floats,
              value: { tensor: { dtype: 'DT_FLOAT', tensorShape: dims(rows, columns) } },
            },
          },
          {
            name: 'y',
            op: 'MatMul',
            input: ['x', 'w'],
            attr: { T: floats, transpose_a: { b: false }, transpose_b: { b: false } },
          },
        ],
      },
      weightsManifest: [
        { paths: ['weights.bin'], weights: [{ name: 'w', shape: [rows, columns], dtype: 'float32' }] },
      ],
    }),
  );
  writeFileSync(join(folder, 'weights.bin'), '');
  truncateSync(join(folder, 'weights.bin'), 4 * rows * columns);
  return folder;
}
