import { appBuild } from './app-build.mjs';
import { glibcRunner } from './glibc-runner.mjs';
import { gypAddon } from './gyp-addon.mjs';
import { libtensorflow } from './libtensorflow.mjs';
import { npmPackages } from './npm-packages.mjs';
import { runner } from './runner.mjs';
import { tfjsNode } from './tfjs-node.mjs';
import { tfliteAndroid } from './tflite-android.mjs';
import { tflite } from './tflite.mjs';
import { xnnpackPlugin } from './xnnpack-plugin.mjs';

const sqlite3 = gypAddon({
  name: 'sqlite3',
  title: 'sqlite3',
  file: 'build/Release/node_sqlite3.node',
  probe: "new (require('sqlite3').Database)(':memory:').get('select 1', (e) => process.exit(e ? 1 : 0))",
  prebuilt: true,
  required: true,
  lost: 'the store of all runs, without which the program does not start',
});

const tfjsTfliteNode = gypAddon({
  name: 'tfjs-tflite-node',
  title: 'TFLite 2.9 (tfjs-tflite-node)',
  file: 'build/Release/node_tflite_binding.node',
  probe: "process.exit(typeof require('tfjs-tflite-node').TFLiteNodeModelRunner === 'function' ? 0 : 1)",
  lost: 'validation on the older TFLite runtime that published apps carry',
});

/**
 * Everything set-up puts in place, in the order it is told. Each part: `ready()` is quick and touches nothing,
 * `make(report)` puts it there or throws a Problem, `lost` says what is missed without it, `after` names parts that
 * come first (the npm packages always do), `required` ones are needed for the main job.
 */
export const parts = [
  npmPackages,
  sqlite3,
  tfjsTfliteNode,
  libtensorflow,
  tfjsNode,
  xnnpackPlugin,
  tflite,
  tfliteAndroid,
  runner,
  glibcRunner,
  appBuild,
];
