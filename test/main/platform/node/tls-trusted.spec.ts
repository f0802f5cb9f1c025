import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleScript } from '@test/support/bundle-script';
import { temporaryFolder } from '@test/support/temporary-folder';

const missing: string | undefined = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no openssl to make certificates with';
  }
})();

const openssl = (folder: string, ...args: string[]): void =>
  void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

/** A certificate for a name, signed by the folder's authority, valid for so many days (expired when negative). */
function signed(folder: string, name: string, days: number): { key: Buffer; cert: Buffer } {
  const file = `${name}${days}`;
  const subject = ['-subj', `/CN=${name}`, '-keyout', `${file}.key`];
  openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', ...subject, '-out', `${file}.csr`);
  writeFileSync(join(folder, `${file}.ext`), `subjectAltName=DNS:${name}`);
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const options = ['-days', String(days), '-extfile', `${file}.ext`, '-out', `${file}.pem`];
  openssl(folder, 'x509', '-req', '-in', `${file}.csr`, ...authority, ...options);
  return { key: readFileSync(join(folder, `${file}.key`)), cert: readFileSync(join(folder, `${file}.pem`)) };
}

describe.skipIf(missing)(`certificates of an authority that is trusted ${missing ?? ''}`, () => {
  it('pass when they are right, and are refused when expired or for another name, unless pinned', async () => {
    const folder = temporaryFolder();
    const subject = ['-subj', '/CN=authority', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem'];
    openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject);
    const script = await bundleScript('test/main/platform/node/tls-client.ts', folder);
    const ask = async (certificate: { key: Buffer; cert: Buffer }, isPinned = false): Promise<string> => {
      const server = createServer(certificate, (_request, response) => void response.end('hello'));
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      const url = `https://localhost:${(server.address() as AddressInfo).port}`;
      const hash = new X509Certificate(certificate.cert).fingerprint256.replaceAll(':', '').toLowerCase();
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [script, url, ...(isPinned ? [hash] : [])],
        { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } },
      );
      return stdout;
    };
    expect(await ask(signed(folder, 'localhost', 2))).toBe('status 200');
    const expired = signed(folder, 'localhost', -1);
    expect(await ask(expired)).toBe('tls CERT_HAS_EXPIRED');
    expect(await ask(expired, true)).toBe('status 200');
    expect(await ask(signed(folder, 'somewhere.else', 2))).toBe('tls ERR_TLS_CERT_ALTNAME_INVALID');
  }, 60_000);
});
