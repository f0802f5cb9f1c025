import { existsSync } from 'node:fs';
import { type Browser, chromium } from '@playwright/test';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine that window tests drive (EDGEBENCH_BROWSER names another), or undefined. */
export const browserPath = [process.env['EDGEBENCH_BROWSER'], ...CANDIDATES].find(
  (path) => path !== undefined && existsSync(path),
);

/** Starts that browser without a window; its sandbox is left out for root, who is refused one. */
export function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no Chromium was found; skip on browserPath first');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: browserPath, args: [...sandbox, '--disable-dev-shm-usage'] });
}
