import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** A port that is free now, for an ADB server of the tests' own. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/**
 * Both runners' global set-up: whatever a test starts asks an ADB server of the tests' own, never the one in which the
 * developer's phones are. Answers what ends it.
 */
export default async function ownAdbServer(): Promise<() => void> {
  const port = String(await freePort());
  process.env['ANDROID_ADB_SERVER_PORT'] = port;
  return () => void spawnSync('adb', ['-P', port, 'kill-server'], { stdio: 'ignore', timeout: 10_000 });
}
