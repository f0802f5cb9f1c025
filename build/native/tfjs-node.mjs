import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { libtensorflowDir, tensorflowLibraries, tensorflowVersion } from './libtensorflow.mjs';
import { nodeHeaders } from './node-headers.mjs';
import { binaryTarget, inCache, inModules, installedVersion, root } from './places.mjs';
import { Problem } from './problem.mjs';
import { cxxCompiler, failureLine, run } from './run.mjs';
import { setStamp, stampOf } from './stamps.mjs';
import { isWhole, makeWhole, place } from './store.mjs';

const NAME = '@tensorflow/tfjs-node';
/** The highest Node-API version the package looks for; Node 20 and later all have it. */
const NODE_API = 8;
const addon = inModules(NAME, 'lib', `napi-v${NODE_API}`, 'tfjs_binding.node');
const libraryLink = inModules(NAME, 'deps', 'lib');
const windows = process.platform === 'win32';

const key = () =>
  `tfjs-node-${installedVersion(NAME)}-tf${tensorflowVersion}-napi${NODE_API}-${binaryTarget()}`;

/** The addon of tfjs-node, compiled against libtensorflow in the cache, to which deps/lib is a link. */
export const tfjsNode = {
  id: NAME,
  title: 'tfjs-node',
  after: ['libtensorflow'],
  lost: 'running SavedModels, so they cannot be validated against the original or serve as the cloud baseline',
  ready: () => existsSync(addon) && stampOf(NAME) === key() && (windows || linkedTo(libtensorflowDir())),
  make,
};

async function make(report) {
  if (installedVersion(NAME) === undefined) throw new Problem(`the npm package ${NAME} is not installed`);
  if (windows) await runOwnInstaller(report);
  else {
    const cached = inCache('addons', key());
    if (!isWhole(cached)) {
      report.say('compiling');
      await makeWhole(cached, `${NAME} ${installedVersion(NAME)}`, (folder) => compile(folder, report));
    }
    linkLibraries();
    place(join(cached, 'tfjs_binding.node'), addon);
  }
  const { code, tail } = await run(process.execPath, ['-e', PROBE], { cwd: root, timeoutMs: 180_000 });
  if (code !== 0) throw new Problem(`it was built, but does not compute: ${failureLine(tail)}`);
  setStamp(NAME, key());
  report.say('in place');
}

function linkedTo(folder) {
  return existsSync(libraryLink) && realpathSync(libraryLink) === realpathSync(folder);
}

function linkLibraries() {
  if (linkedTo(libtensorflowDir())) return;
  mkdirSync(dirname(libraryLink), { recursive: true });
  if (lstatSync(libraryLink, { throwIfNoEntry: false }))
    rmSync(libraryLink, { recursive: true, force: true });
  symlinkSync(libtensorflowDir(), libraryLink);
}

/** The six headers that its sources name; each brings our own declarations instead. */
const headers = [
  'c/c_api.h',
  'c/eager/c_api.h',
  'c/tf_datatype.h',
  'c/tf_status.h',
  'c/tf_tensor.h',
  'core/platform/ctstring_internal.h',
];

async function compile(folder, report) {
  const cxx = await cxxCompiler();
  const include = join(await nodeHeaders(report), 'include', 'node');
  const work = mkdtempSync(join(tmpdir(), 'edgebench-tfjs-'));
  try {
    for (const header of headers) {
      const file = join(work, 'tensorflow', header);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '#include "tensorflow-c.h"\n');
    }
    const defines = [
      `-DNAPI_VERSION=${NODE_API}`,
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      '-DBUILDING_NODE_EXTENSION',
    ];
    const includes = ['-I', work, '-I', join(root, 'build', 'native'), '-I', include, '-I', inModules(NAME)];
    const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => inModules(NAME, 'binding', name));
    const libraries = tensorflowLibraries.map((name) => join(libtensorflowDir(), name));
    const link =
      process.platform === 'darwin'
        ? ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib']
        : ['-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib'];
    const output = ['-o', join(folder, 'tfjs_binding.node')];
    const args = [
      '-std=c++17',
      '-O2',
      '-fPIC',
      ...defines,
      ...includes,
      ...sources,
      ...libraries,
      ...link,
      ...output,
    ];
    const { code, tail } = await run(cxx, args);
    if (code !== 0) throw new Problem(`its addon could not be compiled: ${failureLine(tail)}`);
    return ['tfjs_binding.node'];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Windows: the package's own script, which brings TensorFlow 2.9 and a compiled addon where its host answers. */
async function runOwnInstaller(report) {
  report.say('running its own installer');
  const { code, tail } = await run(process.execPath, ['scripts/install.js'], { cwd: inModules(NAME) });
  if (code !== 0 || !existsSync(addon)) throw new Problem(`its own installer failed: ${failureLine(tail)}`);
}

const PROBE = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const tf = require('${NAME}');
const product = tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0];
const text = tf.tensor1d(['a', 'longer than what fits into a small string']).dataSync()[1];
process.exit(product === 11 && text.length === 41 && tf.getBackend() === 'tensorflow' ? 0 : 1);`;
