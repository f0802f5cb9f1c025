import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeHttpClient } from '@main/platform/node/http-connections';
import { temporaryFolder } from '@test/support/temporary-folder';

const missing: string | undefined = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no openssl to make certificates with';
  }
})();

/** A TLS server with a certificate of its own making; counts the requests that reach it. */
async function selfSigned(): Promise<{ url: string; hash: string; requests: () => number }> {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = [
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=somewhere.else',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  execFileSync('openssl', ['req', '-x509', ...options], { stdio: 'ignore' });
  let requests = 0;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    requests += 1;
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const hash = new X509Certificate(readFileSync(cert)).fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hash,
    requests: () => requests,
  };
}

const connect = (url: string, pinnedCertificate?: string) => {
  const connections = nodeHttpClient.connect(url, {
    connections: 1,
    timeoutMs: 5000,
    maxBytes: 1000,
    ...(pinnedCertificate === undefined ? {} : { pinnedCertificate }),
  });
  onTestFinished(() => connections.close());
  return connections;
};

describe.skipIf(missing)(`TLS ${missing ?? ''}`, () => {
  it('refuses a self-signed certificate, and one for another host', async () => {
    const { url, requests } = await selfSigned();
    await expect(connect(url).send({ method: 'GET', path: '/' })).rejects.toMatchObject({
      details: { kind: 'tls' },
    });
    expect(requests()).toBe(0);
  });

  it('accepts exactly the pinned certificate, and times the handshake', async () => {
    const { url, hash } = await selfSigned();
    const connections = connect(url, hash);
    const reply = await connections.send({ method: 'GET', path: '/' });
    expect(new TextDecoder().decode(reply.body)).toBe('hello');
    expect(reply.timing.tlsNs).toBeGreaterThan(0);
    const again = await connections.send({ method: 'GET', path: '/' });
    expect(again.timing.tlsNs).toBeUndefined();
  });

  it('sends nothing to a server with another certificate than the pinned one', async () => {
    const { url, requests } = await selfSigned();
    await expect(connect(url, 'ab'.repeat(32)).send({ method: 'GET', path: '/' })).rejects.toMatchObject({
      details: { kind: 'tls' },
    });
    expect(requests()).toBe(0);
  });
});
