#!/usr/bin/env node
/**
 * Builds the runner.
 *   node runner/build.mjs host [OUT]          for this computer, with its C compiler; out/runner/edgebench-runner by default
 *   node runner/build.mjs android ABI [OUT]   for Android, without its NDK: x86_64, arm64-v8a or armeabi-v7a; resources/runner/ABI/ by default
 *   node runner/build.mjs glibc ABI [FOLDER]  for Android devices of x86_64 or arm64-v8a, with a C library of its own; out/runner/glibc/ABI/ by default
 * Does nothing when the sources have not changed since (host only). Ends with 77 when there is no compiler.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, 'src');
const windows = process.platform === 'win32';

/** Debian's names of the cross compilers, tried before the plain one where that makes the right kind of code. */
const ANDROID = {
  x86_64: { compilers: ['x86_64-linux-gnu-gcc', 'gcc'], machine: /^x86_64-.*linux/ },
  'arm64-v8a': { compilers: ['aarch64-linux-gnu-gcc', 'gcc'], machine: /^aarch64-.*linux/ },
  // Android passes floating-point numbers as processors without such registers do, and computes with them all the same.
  'armeabi-v7a': {
    compilers: ['arm-linux-gnueabi-gcc', 'gcc'],
    machine: /^arm-.*linux-gnueabi$/,
    compile:
      '-march=armv7-a -mfloat-abi=softfp -mfpu=vfpv3-d16 -marm -fno-unwind-tables -ffreestanding -fbuiltin',
    link: '-lgcc',
    linker: '/system/bin/linker',
    names: ['raise'],
  },
};

/** The same program with a C library of its own, for devices whose own does not start it. */
const GLIBC = {
  x86_64: { ...ANDROID.x86_64, loader: 'ld-linux-x86-64.so.2' },
  'arm64-v8a': { ...ANDROID['arm64-v8a'], loader: 'ld-linux-aarch64.so.1' },
};
/** What TensorFlow Lite's library for Linux needs, and what older builds of it do. */
const GLIBC_LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'librt.so.1',
  'libgcc_s.so.1',
  'libstdc++.so.6',
];

/** What of bionic the runner uses: stand-ins with these names are linked against, the phone's own libraries serve them. */
const BIONIC = {
  'liblog.so': ['__android_log_write'],
  'libdl.so': ['dlopen', 'dlsym', 'dlerror'],
  'libc.so': (
    '__libc_init __errno _exit clock_gettime open read write close getpid sched_setaffinity malloc calloc realloc free ' +
    'memset memcpy strlen strcmp strncmp strchr strstr strtol strtoull strtod strerror snprintf vsnprintf'
  ).split(' '),
};

const ANDROID_COMPILE =
  '-O2 -DEDGEBENCH_BIONIC -Wall -Wextra -fPIE -fvisibility=hidden -U_FORTIFY_SOURCE -fno-stack-protector ' +
  '-fno-asynchronous-unwind-tables -nostdlib -nostartfiles -pie';
/** Pages of 16 KiB: Android 15 asks for them, older ones take them. */
const ANDROID_LINK =
  '-Wl,--no-as-needed -llog -lc -ldl -Wl,-z,max-page-size=16384 ' +
  '-Wl,-z,common-page-size=16384 -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,-z,stack-size=1048576 ' +
  '-Wl,--hash-style=both -Wl,--build-id=none -Wl,--no-undefined -s';

class Unable extends Error {}

const cFiles = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => join(folder, name));

function sourceHash() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

function compile(compiler, args, cwd) {
  const done = spawnSync(compiler, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, SOURCE_DATE_EPOCH: '0' },
  });
  if (done.error) throw new Unable(`${compiler}: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${compiler} failed:\n${done.stderr.slice(-4000)}`);
}

const isCompiler = (name) => !spawnSync(name, ['--version'], { stdio: 'ignore' }).error;

function buildHost(
  out = join(here, '..', 'out', 'runner', windows ? 'edgebench-runner.exe' : 'edgebench-runner'),
) {
  const stamp = `${out}.stamp`;
  const hash = sourceHash();
  if (existsSync(out) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash)
    return `${out} is up to date`;
  if (windows) throw new Unable('the runner is not built on Windows yet');
  const compiler = [process.env.CC, 'cc', 'gcc', 'clang'].find((name) => name && isCompiler(name));
  if (!compiler) throw new Unable('no C compiler (cc, gcc or clang) was found');
  mkdirSync(dirname(out), { recursive: true });
  // Built beside and renamed, so that two builds at once, or a build while it runs, do no harm.
  const part = `${out}.${process.pid}`;
  const libraries = process.platform === 'linux' ? ['-ldl'] : [];
  compile(compiler, ['-O3', '-Wall', '-Wextra', '-o', part, ...cFiles(sources), ...libraries], here);
  renameSync(part, out);
  writeFileSync(stamp, hash);
  return `${out} built with ${compiler}`;
}

function machineOf(compiler) {
  const told = spawnSync(compiler, ['-dumpmachine'], { encoding: 'utf8' });
  return told.error ? '' : told.stdout.trim();
}

function standIns(compiler, folder, more = []) {
  for (const [library, known] of Object.entries(BIONIC)) {
    const names = library === 'libc.so' ? [...known, ...more] : known;
    writeFileSync(join(folder, 'names.c'), names.map((name) => `void ${name}(void) {}\n`).join(''));
    compile(
      compiler,
      ['-shared', '-nostdlib', '-fno-builtin', '-w', `-Wl,-soname,${library}`, '-o', library, 'names.c'],
      folder,
    );
  }
}

function buildAndroid(abi, out = join(here, '..', 'resources', 'runner', abi, 'edgebench-runner')) {
  const { target, compiler } = compilerFor(abi, ANDROID);
  mkdirSync(dirname(out), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-runner-'));
  try {
    standIns(compiler, folder, target.names);
    const files = [join(here, 'android', 'start.c'), ...cFiles(sources)];
    const where = [`-ffile-prefix-map=${here}=runner`, '-o', out, ...files, `-L${folder}`];
    const words = (text) => (text ? text.split(' ') : []);
    const linker = `-Wl,--dynamic-linker=${target.linker ?? '/system/bin/linker64'}`;
    compile(
      compiler,
      [
        ...words(ANDROID_COMPILE),
        ...words(target.compile),
        ...where,
        linker,
        ...words(ANDROID_LINK),
        ...words(target.link),
      ],
      here,
    );
    return `${out} built with ${compiler}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compilerFor(abi, targets) {
  const target = targets[abi];
  if (!target) throw new Error(`no such ABI: ${abi}; there are ${Object.keys(targets).join(', ')}`);
  const compiler = target.compilers.find((name) => target.machine.test(machineOf(name)));
  if (!compiler) throw new Unable(`no compiler for ${abi} was found (${target.compilers.join(', ')})`);
  return { target, compiler };
}

/** Runner, loader and libraries in one folder; the compiler's own C library is what runs on the device. */
function buildGlibc(abi, out = join(here, '..', 'out', 'runner', 'glibc', abi)) {
  const { target, compiler } = compilerFor(abi, GLIBC);
  mkdirSync(out, { recursive: true });
  for (const name of [target.loader, ...GLIBC_LIBRARIES]) {
    const told = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' });
    const path = told.stdout.trim();
    if (!isAbsolute(path)) throw new Unable(`${compiler} has no ${name}`);
    copyFileSync(path, join(out, name));
  }
  const program = join(out, 'edgebench-runner');
  compile(compiler, ['-O2', '-Wall', '-Wextra', '-s', '-o', program, ...cFiles(sources), '-ldl'], here);
  return `${program} built with ${compiler}`;
}

try {
  const [what, ...rest] = process.argv.slice(2);
  if (what === 'host') console.log(buildHost(...rest));
  else if (what === 'android' && rest[0]) console.log(buildAndroid(rest[0], rest[1]));
  else if (what === 'glibc' && rest[0]) console.log(buildGlibc(rest[0], rest[1]));
  else throw new Error('use: node runner/build.mjs host [OUT] | android ABI [OUT] | glibc ABI [FOLDER]');
} catch (error) {
  console.error(error.message);
  process.exit(error instanceof Unable ? 77 : 1);
}
