import { basename, join } from 'node:path';
import { hostTarget, inCache, inModules, installedVersion, root } from './places.mjs';
import { Problem } from './problem.mjs';
import { cCompiler, failureLine, run } from './run.mjs';
import { isWhole, makeWhole } from './store.mjs';

const PACKAGE = 'tfjs-tflite-node';
/** The TFLite inside tfjs-tflite-node. */
const VERSION = '2.9.0';
const libraries = {
  'linux-x64': 'linux_amd64',
  'linux-arm64': 'linux_arm64',
  'darwin-arm64': 'darwin_arm64',
};
const mac = process.platform === 'darwin';
const plugin = mac ? 'libxnnpack_plugin.dylib' : 'libxnnpack_plugin.so';

const folder = () => inCache(`tflite-${VERSION}`, hostTarget ?? 'none');

export const xnnpackPlugin = {
  id: 'xnnpack-plugin',
  title: `XNNPACK for TFLite ${VERSION}`,
  lost: 'the fast kernels of the older TFLite runtime (it still works, up to eight times slower)',
  ready: () => isWhole(folder()),
  make,
};

async function make(report) {
  const library = libraries[`${process.platform}-${process.arch}`];
  if (!library) throw new Problem(`${PACKAGE} has no such library for ${process.platform}-${process.arch}`);
  if (installedVersion(PACKAGE) === undefined)
    throw new Problem(`the npm package ${PACKAGE} is not installed`);
  const cc = await cCompiler();
  const source = join(root, 'build', 'native', 'xnnpack-plugin.c');
  // No run path: when it is loaded, the addon has already loaded the library of that name.
  const link = [
    '-L',
    inModules(PACKAGE, 'cc_deps', library),
    '-ltensorflowlite_c',
    ...(mac ? ['-undefined', 'dynamic_lookup'] : []),
  ];
  await makeWhole(folder(), basename(source), async (to) => {
    const args = ['-O2', '-fPIC', '-fvisibility=hidden', '-shared', '-o', join(to, plugin), source, ...link];
    const { code, tail } = await run(cc, args);
    if (code !== 0) throw new Problem(`it could not be compiled: ${failureLine(tail)}`);
    return [plugin];
  });
  report.say('in place');
}
