import { protocol } from 'electron';
import { contentSecurityPolicy } from '../content-security-policy';
import { staticFile } from '../http/static-files';

export const SCHEME = 'edgebench';
export const ORIGIN = `${SCHEME}://app`;

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

const headersOf = (contentType: string): Record<string, string> => ({
  'content-type': contentType,
  'content-security-policy': contentSecurityPolicy("'self'"),
  'x-content-type-options': 'nosniff',
});

interface LegacyProtocol {
  registerBufferProtocol(
    scheme: string,
    handler: (request: { url: string }, callback: (response: unknown) => void) => void,
  ): void;
}

/** Serves the renderer's files, and nothing else, under the app's own scheme. */
export function serveRenderer(rendererDir: string): void {
  const find = (address: string) => {
    const url = new URL(address);
    return url.host === 'app' ? staticFile(rendererDir, url.pathname) : undefined;
  };
  // The test Electron (9.4) predates protocol.handle.
  if (typeof protocol.handle !== 'function') {
    (protocol as unknown as LegacyProtocol).registerBufferProtocol(SCHEME, (request, callback) => {
      const file = find(request.url);
      callback(
        file
          ? {
              data: file.body,
              mimeType: file.contentType.split(';')[0],
              headers: headersOf(file.contentType),
            }
          : { error: -6 },
      );
    });
    return;
  }
  protocol.handle(SCHEME, (request) => {
    const file = find(request.url);
    return file
      ? new Response(new Uint8Array(file.body), { headers: headersOf(file.contentType) })
      : new Response('not found', { status: 404 });
  });
}
