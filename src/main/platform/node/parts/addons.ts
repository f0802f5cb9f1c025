import type { Part } from '@shared/api/app';
import { probeNode } from './probe';

const SET_UP = 'Run the set-up: npm run setup.';

interface AddonFacts {
  readonly name: string;
  /** Prints what the part is, e.g. "6.0.1, SQLite 3.52.0", and ends with status 0 when it works. */
  readonly script: string;
  readonly lost: string;
}

const addons: readonly AddonFacts[] = [
  {
    name: 'sqlite3',
    script: `new (load('sqlite3').Database)(':memory:').get('select sqlite_version() v', (error, row) => {
      if (error) process.exit(1);
      console.log(load('sqlite3/package.json').version + ', SQLite ' + row.v);
    });`,
    lost: 'The store of all runs; the program does not start.',
  },
  {
    name: 'tfjs-node',
    script: `const tf = load('@tensorflow/tfjs-node');
      if (tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0] !== 11) process.exit(1);
      console.log(tf.version['tfjs-node'] + ', TensorFlow ' + tf.backend().binding.TF_Version);
      process.reallyExit(0);`,
    lost: 'Running originals: conversions cannot be validated, nor a model served as the cloud baseline.',
  },
  {
    name: 'tfjs-tflite-node',
    script: `if (typeof load('tfjs-tflite-node').TFLiteNodeModelRunner !== 'function') process.exit(1);
      console.log(load('tfjs-tflite-node/package.json').version + ', TFLite 2.9.0');`,
    lost: 'Validation on the older TFLite runtime that published apps carry.',
  },
];

/** The three addons, each loaded and used once in a process of its own. */
export const addonParts = (appRoot: string): Promise<Part[]> =>
  Promise.all(
    addons.map(async ({ name, script, lost }): Promise<Part> => {
      const { code, output } = await probeNode(appRoot, script);
      const version = output.trim().split('\n').at(-1);
      if (code === 0 && version) return { name, state: 'found', version, lost: '', remedy: '' };
      const state = (await isInstalled(appRoot, name)) ? 'broken' : 'missing';
      return { name, state, lost, remedy: SET_UP };
    }),
  );

async function isInstalled(appRoot: string, name: string): Promise<boolean> {
  const packageName = name === 'tfjs-node' ? '@tensorflow/tfjs-node' : name;
  const { code } = await probeNode(appRoot, `load.resolve('${packageName}/package.json');`);
  return code === 0;
}
