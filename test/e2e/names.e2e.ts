import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { bundleScript } from '../support/bundle-script';
import { browserPath, launchBrowser } from './support/browser';
import { HOSTILE } from './support/hostile';
import {
  complaintsOf,
  goTo,
  openWorkbench,
  root,
  runScript,
  startWorkbench,
  type Workbench,
} from './support/workbench';

test.skip(browserPath === undefined, 'no Chromium on this machine; EDGEBENCH_BROWSER names one');
test.describe.configure({ mode: 'serial' });

let workbench: Workbench;
let browser: Browser;
let page: Page;
let complaints: string[];
// Inside the repository, so that the script finds its packages.
const scripts = mkdtempSync(join(root, 'out', 'e2e-script-'));

test.beforeAll(async () => {
  const script = await bundleScript('test/e2e/support/seed-hostile.ts', scripts);
  workbench = await startWorkbench((dataDir) => runScript(script, dataDir));
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  complaints = complaintsOf(page);
  await openWorkbench(page, workbench);
});

test.afterAll(async () => {
  await browser?.close();
  await workbench?.stop();
  rmSync(scripts, { recursive: true, force: true });
});

/** The name is shown as text, made no element, and ran nothing. */
async function expectText(): Promise<void> {
  await expect(page.locator('main')).toContainText(HOSTILE);
  await expect(page.locator('main img, main script, main [onerror]')).toHaveCount(0);
  expect(await page.evaluate('window.broken')).toBeUndefined();
}

test('models, tensors, operators and validation reasons are text', async () => {
  await goTo(page, 'Models');
  await expectText();
  await page.locator('tbody tr').first().click();
  await expect(page.getByRole('term').filter({ hasText: 'Operators' })).toBeVisible();
  await expectText();
});

test('runs and devices in the history are text', async () => {
  await goTo(page, 'History');
  await expect(page.locator('tbody tr')).toHaveCount(4);
  await expectText();
});

test('a run and its reasons are text', async () => {
  await page.locator('tbody tr').nth(3).click();
  await expect(page.getByText('Where it comes from')).toBeVisible();
  await expectText();
});

test('plans, devices and messages of the queue are text', async () => {
  await goTo(page, 'Queue');
  await expect(page.getByRole('article')).toHaveCount(1);
  await expectText();
});

test('targets, servers and chart labels of a comparison are text', async () => {
  await goTo(page, 'Compare');
  await expect(page.getByRole('heading', { name: 'Cloud baselines' })).toBeVisible();
  await expectText();
});

test('verdicts of chosen runs are text', async () => {
  await goTo(page, 'History');
  await page.getByRole('checkbox', { name: 'Choose all shown' }).check();
  await page.getByRole('button', { name: 'Compare 4' }).click();
  await expect(page.getByRole('heading', { name: 'Chosen runs against the first one' })).toBeVisible();
  await expectText();
});

test('file names in the dialog, and the failure of a damaged model, are text', async () => {
  // A slash cannot be in a file's name.
  const name = '<img src=x onerror="window.broken=1">.keras';
  writeFileSync(join(workbench.folder, name), 'PK\u0003\u0004 damaged');
  await page.evaluate(`localStorage.setItem('edgebench-folder', ${JSON.stringify(workbench.folder)})`);
  await goTo(page, 'Models');
  await page.getByRole('button', { name: 'Add model' }).click();
  const entry = page.getByRole('dialog').getByRole('button', { name });
  await expect(entry).toBeVisible();
  await expect(page.locator('[role=dialog] img')).toHaveCount(0);
  await entry.click();
  const failure = page.getByRole('alert');
  await expect(failure).toContainText(name);
  expect((await failure.innerText()).split('\n')).toHaveLength(1);
  await expect(failure).not.toContainText(/\bat .*:\d+:\d+/);
  await expectText();
  // The image would have been asked for, which the log of the page would show.
  expect(complaints).toEqual([]);
});
