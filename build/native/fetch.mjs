// Downloads through the registries' own clients, which know their hosts: npm's mvn-artifact-download for Maven
// artifacts and pip for Python wheels. Everything is checked against a pinned SHA-256 before it is used.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inCache, root } from './places.mjs';
import { Problem, reasonOf } from './problem.mjs';
import { failureLine, firstCommand, run } from './run.mjs';

const STALL_MS = 60_000;
const ATTEMPTS = 3;

/**
 * Fetches a Maven artifact ({group, artifact, version, classifier, extension, sha256, megabytes}; a jar unless said) into the
 * download folder and gives its path. One that is already there and whole is not fetched again.
 */
export async function fetchMavenJar(wanted, report) {
  const parts = [wanted.artifact, wanted.version, wanted.classifier].filter(Boolean);
  const name = `${parts.join('-')}.${wanted.extension ?? 'jar'}`;
  const jar = inCache('downloads', name);
  mkdirSync(inCache('downloads'), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      if (!existsSync(jar)) {
        await downloadJar(wanted, `${name}.part`, report);
        renameSync(`${jar}.part`, jar);
      }
      await checkHash(jar, wanted.sha256);
      return jar;
    } catch (error) {
      rmSync(jar, { force: true });
      rmSync(`${jar}.part`, { force: true });
      if (attempt === ATTEMPTS)
        throw new Problem(`${name} could not be fetched from Maven: ${reasonOf(error)}`);
      report.say(`${reasonOf(error)}; again`);
    }
  }
}

async function downloadJar(wanted, filename, report) {
  const { group, artifact, version, classifier, megabytes, extension = 'jar' } = wanted;
  const require = createRequire(join(root, 'package.json'));
  const { default: download } = require('mvn-artifact-download');
  const file = inCache('downloads', filename);
  const abort = new AbortController();
  let bytes = 0;
  let movedMs = Date.now();
  const watch = setInterval(() => {
    const now = existsSync(file) ? statSync(file).size : 0;
    if (now !== bytes) [bytes, movedMs] = [now, Date.now()];
    if (Date.now() - movedMs > STALL_MS) abort.abort();
    report.amount(`${Math.round(bytes / 1e6)} of ${megabytes} MB`);
  }, 500);
  try {
    const coordinates = {
      groupId: group,
      artifactId: artifact,
      version,
      extension,
      ...(classifier ? { classifier } : {}),
    };
    const options = { signal: abort.signal, ...proxyOptions(require) };
    await download(coordinates, inCache('downloads'), process.env['EDGEBENCH_MAVEN_REPO'], filename, options);
  } catch (error) {
    if (abort.signal.aborted) throw new Problem(`no byte came for ${STALL_MS / 1000} s`);
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** node-fetch does not look at HTTPS_PROXY by itself; node-pre-gyp brings the agent that does. */
function proxyOptions(require) {
  const proxy = process.env['HTTPS_PROXY'] || process.env['https_proxy'];
  if (!proxy) return {};
  try {
    const agent = createRequire(require.resolve('@mapbox/node-pre-gyp'))('https-proxy-agent');
    return { agent: new (agent.HttpsProxyAgent ?? agent)(proxy) };
  } catch {
    return {};
  }
}

/** Fetches a wheel ({requirement, python, platform, sha256}) with pip into the download folder; gives its path. */
export async function fetchWheel({ requirement, python, platform, sha256 }, report) {
  const pip = await firstCommand(['pip3', 'pip'], 'pip was not found');
  const folder = inCache('downloads', 'wheel');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const only = ['--no-deps', '--only-binary=:all:', '--python-version', python, '--platform', platform];
  const fetching = run(pip, ['download', '--disable-pip-version-check', ...only, '-d', folder, requirement]);
  const timer = setInterval(() => report.amount('fetching the Python wheel with pip'), 2500);
  const { code, tail } = await fetching.finally(() => clearInterval(timer));
  if (code !== 0) throw new Problem(`pip could not fetch ${requirement}: ${failureLine(tail)}`);
  const wheel = join(folder, readdirSync(folder)[0]);
  await checkHash(wheel, sha256);
  return wheel;
}

async function checkHash(file, sha256) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const found = hash.digest('hex');
  if (found !== sha256)
    throw new Problem(`what was downloaded is not what was pinned (SHA-256 ${found.slice(0, 16)}…)`);
}
