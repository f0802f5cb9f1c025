import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SavedModelWriter } from '@test/support/saved-model-writer';

// `node script.cjs FOLDER KIND [COUNT]` writes a SavedModel into FOLDER unless it is there.
const [folder = '', kind = '', count = '0'] = process.argv.slice(2);

const weight = (index: number): number => ((index * 2654435761) % 1000) / 1000 - 0.5;

/** COUNT convolutions of 1x1 with bias and ReLU, one after the other: as many operators. */
function chain(length: number): void {
  const writer = new SavedModelWriter([1, 4, 4, 2]);
  let x = 'x';
  for (let i = 0; i < length; i++) {
    const kernel = writer.variable(`w${i}`, [1, 1, 2, 2], (index) => weight(index + i));
    const bias = writer.variable(`b${i}`, [2], (index) => weight(index + i));
    const conv = writer.conv(`conv${i}`, x, kernel, 1);
    x = writer.plain(`relu${i}`, 'Relu', [writer.plain(`bias${i}`, 'BiasAdd', [conv, bias])]);
  }
  writer.write(folder, x);
}

/** The convolutions of ResNet50 with their biases, in a row: 25 million weights in 53 layers. */
function resnetSized(): void {
  const writer = new SavedModelWriter([1, 224, 224, 3]);
  const layers: [kernel: number, from: number, to: number][] = [[7, 3, 64]];
  let channels = 64;
  for (const [width, blocks] of [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ] as const)
    for (let i = 0; i < blocks; i++) {
      layers.push([1, channels, width], [3, width, width], [1, width, 4 * width]);
      channels = 4 * width;
    }
  let x = 'x';
  layers.forEach(([kernel, from, to], i) => {
    const weights = writer.variable(`w${i}`, [kernel, kernel, from, to], (index) => weight(index + 7 * i));
    const bias = writer.variable(`b${i}`, [to], (index) => weight(index + i));
    const conv = writer.conv(`conv${i}`, x, weights, i === 0 ? 4 : 1);
    x = writer.plain(`relu${i}`, 'Relu', [writer.plain(`bias${i}`, 'BiasAdd', [conv, bias])]);
  });
  writer.write(folder, x);
}

if (!existsSync(join(folder, 'saved_model.pb'))) {
  if (kind === 'chain') chain(Number(count));
  else if (kind === 'resnet-sized') resnetSized();
  else throw new Error(`no model of the kind '${kind}' can be made`);
}
