import { isAppError } from '@shared/error/app-error';
import { nodeHttpClient } from '@main/platform/node/http-connections';

// Asks a server once and prints what came of it: the status, or the kind of failure. What it trusts is in NODE_EXTRA_CA_CERTS.
async function ask(url: string, pinnedCertificate: string | undefined): Promise<void> {
  const connections = nodeHttpClient.connect(url, {
    connections: 1,
    timeoutMs: 10_000,
    maxBytes: 1000,
    ...(pinnedCertificate === undefined ? {} : { pinnedCertificate }),
  });
  try {
    const reply = await connections.send({ method: 'GET', path: '/' });
    process.stdout.write(`status ${reply.status}`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    process.stdout.write(`${String(error.details['kind'])} ${String(error.details['system'])}`);
  } finally {
    connections.close();
  }
}

void ask(process.argv[2]!, process.argv[3]);
