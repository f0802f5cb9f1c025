import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SavedModelWriter } from '@test/support/saved-model-writer';

// `node script.cjs FOLDER KIND [SIZE]` writes a SavedModel into FOLDER unless it is there; SIZE is a JSON object.
const [folder = '', kind = '', size = '{}'] = process.argv.slice(2);
const { length = 0, rows = 0, columns = 0 } = JSON.parse(size) as Record<string, number>;

const weight = (index: number): number => ((index * 2654435761) % 1000) / 1000 - 0.5;

/** A network of convolutions with bias and ReLU, one after the other. */
class Layers {
  readonly #writer: SavedModelWriter;
  #x = 'x';
  #count = 0;

  constructor(inputShape: readonly number[]) {
    this.#writer = new SavedModelWriter(inputShape);
  }

  conv(kernel: number, from: number, to: number, stride = 1): void {
    this.#layer([kernel, kernel, from, to], to, (x, weights, name) =>
      this.#writer.conv(name, x, weights, stride),
    );
  }

  depthwise(kernel: number, channels: number, stride: number): void {
    this.#layer([kernel, kernel, channels, 1], channels, (x, weights, name) =>
      this.#writer.conv(name, x, weights, stride, 'DepthwiseConv2dNative'),
    );
  }

  write(): void {
    this.#writer.write(folder, this.#x);
  }

  #layer(
    shape: readonly number[],
    channels: number,
    add: (x: string, weights: string, name: string) => string,
  ): void {
    const i = this.#count++;
    const weights = this.#writer.variable(`w${i}`, shape, (index) => weight(index + 7 * i));
    const bias = this.#writer.variable(`b${i}`, [channels], (index) => weight(index + i));
    const biased = this.#writer.plain(`bias${i}`, 'BiasAdd', [add(this.#x, weights, `conv${i}`), bias]);
    this.#x = this.#writer.plain(`relu${i}`, 'Relu', [biased]);
  }
}

/** LENGTH convolutions of 1x1: as many operators. */
function chain(): void {
  const layers = new Layers([1, 4, 4, 2]);
  for (let i = 0; i < length; i++) layers.conv(1, 2, 2);
  layers.write();
}

/** The convolutions of ResNet50 in a row: 25 million weights in 53 layers. */
function resnetSized(): void {
  const layers = new Layers([1, 224, 224, 3]);
  layers.conv(7, 3, 64, 4);
  let channels = 64;
  for (const [width, blocks] of [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ] as const)
    for (let i = 0; i < blocks; i++) {
      layers.conv(1, channels, width);
      layers.conv(3, width, width);
      layers.conv(1, width, 4 * width);
      channels = 4 * width;
    }
  layers.write();
}

/** The convolutions of MobileNetV2 1.0 in a row, its dense layer among them: 3.5 million weights in 53 layers. */
function mobilenetSized(): void {
  const layers = new Layers([1, 224, 224, 3]);
  layers.conv(3, 3, 32, 2);
  let channels = 32;
  for (const [expansion, width, blocks, stride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const)
    for (let i = 0; i < blocks; i++) {
      const inner = channels * expansion;
      if (expansion > 1) layers.conv(1, channels, inner);
      layers.depthwise(3, inner, i === 0 ? stride : 1);
      layers.conv(1, inner, width);
      channels = width;
    }
  layers.conv(1, channels, 1280);
  layers.conv(1, 1280, 1000);
  layers.write();
}

/** One dense layer of ROWS x COLUMNS zeros. */
function dense(): void {
  const writer = new SavedModelWriter([1, rows]);
  const weights = writer.variable('w', [rows, columns], () => 0);
  writer.write(folder, writer.matmul('y', 'x', weights));
}

const KINDS: Readonly<Record<string, () => void>> = {
  chain,
  'resnet-sized': resnetSized,
  'mobilenet-sized': mobilenetSized,
  dense,
};

if (!existsSync(join(folder, 'saved_model.pb'))) {
  const make = KINDS[kind];
  if (!make) throw new Error(`no model of the kind '${kind}' can be made`);
  make();
}
