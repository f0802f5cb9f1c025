import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');

/** Who may import whom. The longest folder that a file is in decides; every rule says why it is there. */
interface Rule {
  readonly folder: string;
  /** Folders of ours (a trailing * allows one folder level: a service its own), packages, or node:*. */
  readonly may: readonly string[];
  readonly why: string;
}

const CONTRACT_LIBRARIES = ['zod', '@orpc/contract'];

const rules: readonly Rule[] = [
  {
    folder: 'src/shared',
    may: ['src/shared', ...CONTRACT_LIBRARIES],
    why: 'the contract is read by the engine, the browser and Electron alike, so it can use nothing that one of them lacks',
  },
  {
    folder: 'src/main/ports',
    may: ['src/shared', 'src/main/ports'],
    why: 'ports are types of what the core needs; an import of a service or platform would turn the arrow round',
  },
  {
    folder: 'src/main/services/*',
    may: ['src/shared', 'src/main/ports', 'src/main/services/data', 'self', 'node:*', 'zod'],
    why: 'a service is one step: it is entered once, left once and calls no sibling; what it needs from outside is a port',
  },
  {
    folder: 'src/main/services/data',
    may: ['src/shared', 'src/main/ports', 'self', 'node:*', 'jpeg-js', 'pngjs'],
    why: 'pictures are samples like any other; the libraries that decode them are pure JavaScript',
  },
  {
    folder: 'src/main/services/quantize',
    may: [
      'src/shared',
      'src/main/ports',
      'self',
      'node:*',
      'src/main/services/convert/graph',
      'src/main/services/convert/registry',
      'src/main/services/convert/ops/op',
      'src/main/services/convert/write/version',
    ],
    why: "it turns a graph into a graph: it speaks the converter's graph and reads what operators state as data, no more",
  },
  {
    folder: 'src/main/platform/*',
    may: ['src/shared', 'src/main/ports', 'src/main/platform/node', 'self', 'node:*', 'own package'],
    why: 'an adapter knows one package; if it knew a service, the package could not be replaced',
  },
  {
    folder: 'src/main/flow',
    may: ['src/shared', 'src/main/ports', 'src/main/flow', 'service index', 'node:*', 'src/main/wire-error'],
    why: 'the flow says what happens in order; how a step is done is behind the index of its service',
  },
  {
    folder: 'src/main/router',
    may: [
      'src/shared',
      'src/main/router',
      'src/main/flow',
      'src/main/create-app',
      'service index',
      'node:*',
      '@orpc/*',
    ],
    why: 'the router fits the contract to the running app; what takes more than a few lines is a flow',
  },
  {
    folder: 'src/main/host/electron',
    may: ['src/shared', 'src/main/host', 'src/main/engine-port', 'electron', 'node:*', '@orpc/*'],
    why: 'the window is a door: it passes messages on and holds no knowledge of the domain',
  },
  {
    folder: 'src/main/host/cli',
    may: ['src/shared', 'src/main/host', 'src/main/engine-port', 'commander', 'node:*', '@orpc/*'],
    why: 'the command line is a door: it asks the engine, as the other two do',
  },
  {
    folder: 'src/main/host',
    may: ['src/shared', 'src/main/host', 'src/main/engine-port', 'ws', 'node:*', '@orpc/*'],
    why: 'a host says who asks; services, flows and Electron are not its business',
  },
  {
    folder: 'src/preload',
    may: ['src/shared', 'electron'],
    why: 'the preload hands over one message port and never grows',
  },
  {
    folder: 'src/renderer',
    may: ['src/shared', 'src/renderer', 'vue', 'vue-router', 'reka-ui', 'uplot', '@orpc/*', 'zod'],
    why: 'the renderer runs in a sandbox without Node; everything it knows comes over the contract',
  },
];

/** Packages that hold native code or touch the outside: each may be named in one adapter only. */
const adapterPackages: Readonly<Record<string, string>> = {
  '@devicefarmer/adbkit': 'src/main/platform/adbkit',
  sqlite3: 'src/main/platform/sqlite3',
  '@tensorflow/tfjs-node': 'src/main/platform/tfjs-node',
  'tfjs-tflite-node': 'src/main/platform/tflite-node',
};

const ELECTRON_PLACES = ['src/main/host/electron', 'src/main/index.ts', 'src/preload'];

interface Import {
  readonly file: string;
  readonly line: number;
  /** A path of ours from the root, without extension, or a package or node: module. */
  readonly target: string;
}

const sources = filesUnder('src').filter((file) => /\.(ts|vue)$/.test(file));
const imports = sources.flatMap(importsOf);

describe('who imports whom', () => {
  it('reads the imports it is there to judge', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter(({ target }) => target.startsWith('src/') && !isOurs(target))).toEqual([]);
  });

  it('has a rule for every file but those that compose the layers', () => {
    expect(sources.filter((file) => !ruleFor(file) && !/^src\/main\/[^/]+\.ts$/.test(file))).toEqual([]);
  });

  it.each(rules)('$folder: $why', (rule) => {
    const broken = imports.filter(
      ({ file, target }) => ruleFor(file) === rule && !allowed(rule, file, target),
    );
    expect(broken.map(told)).toEqual([]);
  });

  it('names each native package in its own adapter only, so that it can be replaced there', () => {
    const broken = imports.filter(({ file, target }) => {
      const home = Object.entries(adapterPackages).find(([name]) => isPackage(target, name))?.[1];
      return home !== undefined && !file.startsWith(`${home}/`);
    });
    expect(broken.map(told)).toEqual([]);
  });

  it('names Electron in its host, the entry and the preload only: the engine runs without it', () => {
    const broken = imports.filter(
      ({ file, target }) =>
        isPackage(target, 'electron') && !ELECTRON_PLACES.some((place) => file.startsWith(place)),
    );
    expect(broken.map(told)).toEqual([]);
  });
});

describe('every file of ours', () => {
  const authored = [
    ...sources,
    ...['test', 'build', 'runner', 'docs', 'resources/recipes', '.ci'].flatMap(filesUnder),
  ]
    .filter((file) => /\.(ts|vue|mjs|cjs|c|h|json|md|sh|yml|css|html)$/.test(file))
    .filter((file) => !/\.generated\./.test(file) && !file.startsWith('test/fixtures/'));

  it('stays small enough to be read at once: 400 lines', () => {
    const long = authored
      .filter((file) => /^(src|build)\//.test(file))
      .map((file) => ({ file, lines: text(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  it("names no registry host: their own clients know them, and mirrors are the user's setting", () => {
    const hosts = [
      ['registry.npm', 'js.org'],
      ['repo1.', 'maven.org'],
      ['repo.', 'maven.apache.org'],
      ['pypi', '.org'],
    ];
    const pattern = new RegExp(
      [...hosts, ['pythonhosted', '.org'], ['deb.', 'debian.org']].map((parts) => parts.join('')).join('|'),
    );
    expect(linesWith(authored, pattern)).toEqual([]);
  });

  it('knows no path of a machine it was written on', () => {
    expect(
      linesWith(authored, new RegExp(['/(work|root|home', '/[a-z]+)/(main|wt|shared|\\.cache)'].join(''))),
    ).toEqual([]);
  });

  it('leaves nothing for later in silence: issues are where that is said', () => {
    const words = [
      ['TO', 'DO'],
      ['FIX', 'ME'],
      ['X', 'XX'],
    ].map((parts) => parts.join(''));
    expect(linesWith(authored, new RegExp(`\\b(${words.join('|')})\\b`))).toEqual([]);
  });

  it('lies in a folder that says what is in it', () => {
    const vague = sources.filter((file) => /(^|\/)(utils?|common|helpers?|misc)\//.test(file));
    expect(vague).toEqual([]);
  });
});

function filesUnder(folder: string): string[] {
  const listed = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return listed
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function importsOf(file: string): Import[] {
  const found = text(file).matchAll(/(?:^|[\s;}])(?:from|import|require\()\s*\(?'([^'\n]+)'/g);
  return [...found].map((match) => ({
    file,
    line: text(file)
      .slice(0, match.index + 1)
      .split('\n').length,
    target: targetOf(file, match[1] ?? ''),
  }));
}

function targetOf(file: string, specifier: string): string {
  const alias = /^@(shared|main)\/(.*)$/.exec(specifier);
  if (alias) return `src/${alias[1]}/${alias[2]}`;
  if (specifier.startsWith('@renderer/')) return `src/renderer/src/${specifier.slice('@renderer/'.length)}`;
  if (specifier.startsWith('.')) return posix.join(dirname(file), specifier);
  return specifier;
}

const isOurs = (target: string): boolean =>
  sources.some((file) => file.startsWith(target)) || /\.[a-z]+(\?\w+)?$/.test(target);

/** The rule of the deepest folder that the file is in; files directly in src/main compose everything and have none. */
function ruleFor(file: string): Rule | undefined {
  return rules
    .filter(({ folder }) => file.startsWith(`${folder.replace('/*', '')}/`))
    .sort((left, right) => right.folder.length - left.folder.length)[0];
}

function allowed({ may }: Rule, file: string, target: string): boolean {
  return may.some((what) => {
    if (what === 'self') return inFolder(target, file.split('/').slice(0, 4).join('/'));
    if (what === 'own package')
      return adapterPackages[packageOf(target)] === file.split('/').slice(0, 4).join('/');
    if (what === 'service index') return /^src\/main\/services\/[^/]+$/.test(target);
    if (what === 'node:*') return target.startsWith('node:');
    if (what.endsWith('/*')) return target.startsWith(what.slice(0, -1));
    return what.startsWith('src/') ? inFolder(target, what) : isPackage(target, what);
  });
}

const inFolder = (target: string, folder: string): boolean =>
  target === folder || target.startsWith(`${folder}/`);

const isPackage = (target: string, name: string): boolean => target === name || target.startsWith(`${name}/`);

const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');

const told = ({ file, line, target }: Import): string => `${file}:${line} imports ${target}`;

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function linesWith(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    text(file)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1} ${line.trim().slice(0, 80)}`] : [],
      ),
  );
}
