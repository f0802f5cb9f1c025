#!/usr/bin/env node
/**
 * Puts everything in place that Edgebench needs, on a fresh clone and again after changes; quick when it is there.
 *   node build/setup.mjs [--for demo|test|start] [--check] [--quiet]
 * --for    told by the other scripts: a part that failed within the last hour is not tried again then
 * --check  tells which parts are in place and changes nothing; status 1 when one is missing
 * --quiet  tells problems only
 * A part that cannot be had is named in one line with what is lost; the status is 0 while the main job can go on.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parts } from './native/parts.mjs';
import { cacheDir, inCache, inModules } from './native/places.mjs';
import { withLock } from './native/lock.mjs';
import { Problem, reasonOf } from './native/problem.mjs';
import { Progress } from './native/progress.mjs';

const RETRY_MS = 3_600_000;
const failureMark = (part) => inModules('.edgebench', `failed-${part.id.replace(/\W/g, '-')}`);

const options = readOptions();
const progress = new Progress({ quiet: options.quiet, total: parts.length });

try {
  requireNode();
  if (options.check) process.exitCode = check();
  else process.exitCode = await setUp();
} catch (error) {
  console.error(`Set-up cannot go on: ${reasonOf(error)}`);
  keepLog(error);
  process.exitCode = 1;
}

function readOptions() {
  try {
    const known = { for: { type: 'string' }, check: { type: 'boolean' }, quiet: { type: 'boolean' } };
    const { values } = parseArgs({ options: known });
    if (values.for && !['demo', 'test', 'start'].includes(values.for)) throw new Error(`--for ${values.for}`);
    return values;
  } catch (error) {
    console.error(
      `Not understood: ${error.message}. Use: node build/setup.mjs [--for demo|test|start] [--check] [--quiet]`,
    );
    process.exit(2);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Problem(`Node ${process.versions.node} is too old; Edgebench needs Node 20.19 or later`);
}

function check() {
  const missing = parts.filter((part) => !isReady(part));
  for (const part of parts) {
    const state = missing.includes(part) ? `missing; lost without it: ${part.lost}` : 'in place';
    console.log(`${part.title}: ${state}`);
  }
  return missing.length === 0 ? 0 : 1;
}

async function setUp() {
  const startMs = Date.now();
  if (parts.every(isReady)) return 0;
  const waiting = (pid) => progress.line(`Another set-up (process ${pid}) is at work; waiting for it`);
  const failed = await withLock(inCache('setup.lock'), waiting, makeAll);
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  if (progress.spoke) {
    const there = parts.filter(isReady).length;
    progress.line(`Set-up: ${there} of ${parts.length} parts in place after ${seconds} s`);
  }
  return failed.some((part) => part.required) ? 1 : 0;
}

/** Makes what is missing, side by side where it can be, and gives the parts that could not be had. */
async function makeAll() {
  const failed = [];
  const done = new Map();
  const first = parts[0];
  for (const [index, part] of parts.entries()) {
    const report = progress.step(index + 1, part.title);
    const before = [...(part === first ? [] : [first.id]), ...(part.after ?? [])].map((id) => done.get(id));
    done.set(
      part.id,
      Promise.all(before).then((all) => all.every(Boolean) && makeOne(part, report, failed)),
    );
  }
  await Promise.all(done.values());
  return failed;
}

async function makeOne(part, report, failed) {
  try {
    if (isReady(part)) return true;
    if (options.for && !part.required && failedLately(part)) {
      throw new Problem(
        'it failed a short while ago and is not tried again for an hour (npm run setup tries now)',
      );
    }
    await part.make(report);
    return true;
  } catch (error) {
    failed.push(part);
    report.warn(`not to be had: ${reasonOf(error)}. Lost without it: ${part.lost}.`);
    if (!(error instanceof Problem)) keepLog(error);
    remember(part);
    return false;
  }
}

function isReady(part) {
  try {
    return part.ready();
  } catch {
    return false; // what cannot be looked at is not in place; make() says why
  }
}

function failedLately(part) {
  const mark = statSync(failureMark(part), { throwIfNoEntry: false });
  return mark !== undefined && Date.now() - mark.mtimeMs < RETRY_MS;
}

function remember(part) {
  if (!existsSync(inModules()) || failedLately(part)) return;
  mkdirSync(inModules('.edgebench'), { recursive: true });
  writeFileSync(failureMark(part), '');
}

/** What no one foresaw goes to a file, so that the terminal shows sentences only. */
function keepLog(error) {
  mkdirSync(cacheDir(), { recursive: true });
  writeFileSync(inCache('setup.log'), `${error?.stack ?? error}\n`);
}
