/**
 * Makes resources/samples/digits: draws digits, trains the classifier and writes it in three formats with labelled
 * pictures and calibration pictures. Run by `npm run gen:samples`; needs nothing but the set-up.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-node';
import { writeArrays } from '../../src/main/services/data/npz';
import { accuracyOf } from './accuracy';
import { drawPictures, type Pictures } from './draw';
import { INPUT_NAME, INPUT_SHAPE } from './network';
import { seededRandom } from './random';
import { train, weightsOf } from './train';
import { writeKerasArchive } from './write/keras-archive';
import { writeSavedModel } from './write/saved-model';

const TRAINING = { seed: 1, count: 6000 };
const TEST = { seed: 2, count: 400 };
const CALIBRATION = { seed: 3, count: 100 };
const ORDER_SEED = 4;

const folder = join(process.cwd(), 'resources', 'samples', 'digits');

async function main(): Promise<void> {
  if (!existsSync(join(process.cwd(), 'package.json')))
    throw new Error('run this in the root of the repository');
  const model = await train(draw(TRAINING), seededRandom(ORDER_SEED), (line) => console.log(line));
  const test = draw(TEST);
  const probabilities = (model.predict(asTensor(test)) as tf.Tensor).dataSync() as Float32Array;
  const accuracy = accuracyOf(probabilities, test.labels);

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'saved_model', 'variables'), { recursive: true });
  const weights = weightsOf(model);
  writeFileSync(join(folder, 'digits.keras'), writeKerasArchive(weights));
  const savedModel = writeSavedModel(weights);
  writeFileSync(join(folder, 'saved_model', 'saved_model.pb'), savedModel.graph);
  const variables = join(folder, 'saved_model', 'variables');
  writeFileSync(join(variables, 'variables.index'), savedModel.index);
  writeFileSync(join(variables, 'variables.data-00000-of-00001'), savedModel.data);
  await model.save(`file://${join(folder, 'tfjs')}`);
  renameWeights(join(folder, 'tfjs'));
  const labels = { dtype: 'int32', shape: [test.count], data: test.labels } as const;
  await writeArrays(join(folder, 'test.npz'), { [INPUT_NAME]: array(test), labels });
  await writeArrays(join(folder, 'calibration.npz'), { [INPUT_NAME]: array(draw(CALIBRATION)) });
  writeFileSync(join(folder, 'README.md'), readme(accuracy, model.countParams()));
  await check(test, probabilities);
  console.log(`accuracy on ${test.count} pictures it has not seen: ${percent(accuracy)}`);
}

const draw = ({ seed, count }: { seed: number; count: number }): Pictures =>
  drawPictures(count, seededRandom(seed));

const array = ({ count, pixels }: Pictures) =>
  ({ dtype: 'float32', shape: [count, ...INPUT_SHAPE], data: pixels }) as const;

const asTensor = ({ count, pixels }: Pictures) => tf.tensor4d(pixels, [count, ...INPUT_SHAPE]);

/** tfjs-node calls the weights "weights.bin"; the converter's name for them is the one that people know. */
function renameWeights(at: string): void {
  const file = join(at, 'model.json');
  const name = 'group1-shard1of1.bin';
  renameSync(join(at, 'weights.bin'), join(at, name));
  writeFileSync(file, readFileSync(file, 'utf8').replace('weights.bin', name));
}

/** The written SavedModel, loaded by TensorFlow itself, has to give what the trained model gives. */
async function check(test: Pictures, expected: Float32Array): Promise<void> {
  const loaded = await tf.node.loadSavedModel(join(folder, 'saved_model'));
  const { probabilities } = loaded.predict({ [INPUT_NAME]: asTensor(test) }) as tf.NamedTensorMap;
  const found = probabilities?.dataSync() as Float32Array;
  const worst = Math.max(...found.map((value, index) => Math.abs(value - (expected[index] ?? NaN))));
  if (!(worst < 1e-5)) throw new Error(`the SavedModel is ${worst} off the trained model`);
  const bytes = statSync(join(folder, 'saved_model', 'saved_model.pb')).size;
  console.log(
    `SavedModel: loaded by TensorFlow, at most ${worst.toExponential(1)} off (${bytes} bytes of graph)`,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const readme = (accuracy: number, parameters: number): string => `# The bundled model: digits of 8 x 8 pixels

A small convolutional classifier with ${parameters.toLocaleString('en')} parameters, trained from scratch on digits that \`build/samples\` draws
itself (strokes of our own, bent, shaken and dirtied by a seeded generator); no data of others is in it.

| file | what |
|---|---|
| \`saved_model/\` | TensorFlow SavedModel, signature \`serving_default\`: \`${INPUT_NAME}\` [-1, 8, 8, 1] float32 in [0, 1] -> \`probabilities\` [-1, 10] |
| \`digits.keras\` | the same weights as a Keras 3 archive |
| \`tfjs/model.json\` | the same weights as a TensorFlow.js layers model |
| \`test.npz\` | ${TEST.count} labelled pictures that it was not trained on: \`${INPUT_NAME}\` [${TEST.count}, 8, 8, 1], \`labels\` [${TEST.count}] |
| \`calibration.npz\` | ${CALIBRATION.count} further pictures without labels, to calibrate integer quantization with |

Accuracy on \`test.npz\`: **${percent(accuracy)}**.

Made by \`npm run gen:samples\` (drawing seeds ${TRAINING.seed}, ${TEST.seed}, ${CALIBRATION.seed}; the pictures come out the same everywhere, the weights up to the
order in which a processor adds).
`;

await main();
