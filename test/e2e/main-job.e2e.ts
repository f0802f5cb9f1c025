import { existsSync, readFileSync } from 'node:fs';
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { browserPath, launchBrowser } from './support/browser';
import { complaintsOf, goTo, openWorkbench, startWorkbench, type Workbench } from './support/workbench';

test.skip(browserPath === undefined, 'no Chromium on this machine; EDGEBENCH_BROWSER names one');
test.describe.configure({ mode: 'serial' });

let workbench: Workbench;
let browser: Browser;
let page: Page;
let complaints: string[];

test.beforeAll(async () => {
  workbench = await startWorkbench();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  complaints = complaintsOf(page);
  await openWorkbench(page, workbench);
});

test.afterAll(async () => {
  await browser?.close();
  await workbench?.stop();
});

test('the token leaves the address, and nothing is there yet', async () => {
  expect(page.url()).not.toContain('token');
  await expect(page.getByRole('heading', { name: 'No models yet' })).toBeVisible();
  await goTo(page, 'History');
  await expect(page.getByRole('heading', { name: 'No runs yet' })).toBeVisible();
  await goTo(page, 'Compare');
  await expect(page.getByRole('heading', { name: 'Nothing to compare yet' })).toBeVisible();
  await goTo(page, 'Devices');
  await expect(page.getByRole('heading', { name: 'This computer' })).toBeVisible();
});

test('devices can be connected over the network, and this computer checked for noise', async () => {
  await page.getByRole('button', { name: 'Connect over the network' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connect a device over the network' });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Connect' })).toBeDisabled();
  // A port on which nothing listens: what the ADB server says, or that there is none, is told in the dialogue.
  await dialog.getByLabel('Address', { exact: true }).fill('127.0.0.1:1');
  await dialog.getByRole('button', { name: 'Connect' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Check for noise' }).click();
  await expect(page.getByText(/The same work took \d+\.\d % longer/)).toBeVisible({ timeout: 60_000 });
});

test('the bundled model is added and described', async () => {
  await goTo(page, 'Models');
  await page.getByRole('button', { name: 'Use the bundled sample' }).click();
  const model = page.getByRole('article');
  await expect(model).toContainText('TensorFlow SavedModel');
  await expect(model).toContainText('image: float32 [?, 8, 8, 1] → probabilities: float32 [?, 10]');
  await expect(model).toContainText('No variants yet');
});

test('a benchmark on this computer shows its progress and its latencies as they come', async () => {
  await page.getByRole('article').getByRole('button', { name: 'Benchmark' }).click();
  await expect(page.getByLabel('Validation data')).toHaveValue(/test\.npz$/);
  await expect(page.getByRole('checkbox', { name: /^float32/ })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /^int8 / })).toBeChecked();
  await page.getByRole('radio', { name: /^Demo/ }).check();
  await page.getByRole('button', { name: 'Start benchmark' }).click();
  const progress = page.getByRole('region', { name: 'Progress' });
  const { messages, medians } = await followProgress(progress);
  await expect(progress).toHaveAttribute('data-state', 'done');
  expect(messages.some((text) => /^Measuring .*: launch 1 of 2/.test(text))).toBe(true);
  expect(messages.some((text) => /^Measuring .*: launch 2 of 2/.test(text))).toBe(true);
  expect(medians.size).toBeGreaterThan(2);
  const rows = progress.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(/\d (µs|ms)/);
});

test('the comparison sets edge against cloud and says what is simulated', async () => {
  await page.getByRole('button', { name: 'See the comparison' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Compare' })).toBeVisible();
  const targets = page.getByRole('table').first();
  await expect(targets).toContainText('This computer · float32');
  await expect(targets).toContainText('This computer · int8');
  await expect(targets).toContainText('This computer as the server');
  await expect(targets.getByText('simulated', { exact: true })).not.toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Cloud baselines' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Distribution of latencies' }).locator('path')).not.toHaveCount(
    0,
  );

  const whatIf = page.getByRole('region', { name: 'What if' });
  const verdict = whatIf.getByRole('status');
  await whatIf.getByLabel(/^Inferences a day/).fill('5');
  await whatIf.getByLabel(/^Price of 1,000/).fill('2');
  await expect(verdict).toContainText('the cloud costs 200 a day, 73000 a year');
  const before = await verdict.innerText();
  await whatIf.getByLabel(/^Round trip/).fill('3');
  await expect(verdict).not.toHaveText(before);

  await page.getByRole('button', { name: 'Write report' }).click();
  const written = page.getByText('Report written to').getByRole('button');
  const path = await written.getAttribute('title');
  expect(existsSync(path ?? '')).toBe(true);
  expect(readFileSync(path ?? '', 'utf8')).toContain('float32');
  expect(readFileSync(path ?? '', 'utf8')).toContain('100,000 inferences a day');
});

test('the variants are listed with their validation', async () => {
  await goTo(page, 'Models');
  const row = page.getByRole('row', { name: /int8/ });
  await expect(row).toContainText('passed');
  await row.click();
  await expect(page.getByText('CONV_2D', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('Original → variant').first()).toBeVisible();
});

test('the history keeps both runs: filtered, ordered, exported, compared, opened', async () => {
  await goTo(page, 'History');
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await page.getByLabel('Recipe').selectOption('int8');
  await expect(rows).toHaveCount(1);
  await page.getByLabel('Status').selectOption('failed');
  await expect(page.getByText('Nothing matches.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Recipe' }).click();
  await expect(rows.first()).toContainText('float32');
  await page.getByRole('button', { name: 'Recipe' }).click();
  await expect(rows.first()).toContainText('int8');

  await page.getByRole('checkbox', { name: 'Choose all shown' }).check();
  await page.getByRole('button', { name: 'Export JSON' }).click();
  const path = await page
    .getByText('Exported with all raw samples')
    .getByRole('button')
    .first()
    .getAttribute('title');
  expect(readFileSync(path ?? '', 'utf8')).toContain('samplesNs');
  await page.getByRole('button', { name: 'Compare 2' }).click();
  await expect(page.getByRole('heading', { name: 'Chosen runs against the first one' })).toBeVisible();
  await expect(page.getByText(/better|worse|not resolved/).first()).toBeVisible();

  await goTo(page, 'History');
  await rows.first().click();
  await expect(page.getByRole('img', { name: /Latency of \d+ inferences in 2 launches/ })).toBeVisible();
  await expect(page.getByText('Where it comes from')).toBeVisible();
});

test('a cancelled benchmark ends as cancelled and leaves its run marked', async () => {
  await goTo(page, 'Benchmark');
  // The newest model is there already.
  await expect(page.getByLabel('Model', { exact: true })).not.toHaveValue('');
  await page.getByRole('radio', { name: /^Standard/ }).check();
  await page.getByRole('button', { name: 'Start benchmark' }).click();
  const progress = page.getByRole('region', { name: 'Progress' });
  await expect(progress.getByText('median now')).toBeVisible({ timeout: 60_000 });
  await progress.getByRole('button', { name: 'Cancel' }).click();
  await expect(progress).toHaveAttribute('data-state', 'cancelled');
  await goTo(page, 'History');
  await expect(page.locator('tbody').getByText('interrupted').first()).toBeVisible();
});

test('no view made the browser complain', async () => {
  await goTo(page, 'This installation');
  await expect(page.getByRole('cell', { name: 'sqlite3', exact: true })).toBeVisible();
  expect(complaints).toEqual([]);
});

/** What the progress region says, as often as it can be read, until the job has ended. */
async function followProgress(progress: Locator): Promise<{ messages: string[]; medians: Set<string> }> {
  const messages = new Set<string>();
  const medians = new Set<string>();
  for (;;) {
    const state = await progress.getAttribute('data-state');
    const text = (await progress.innerText()).split('\n').map((line) => line.trim());
    for (const line of text) {
      messages.add(line);
      const [median] = /^\d.* median now/.exec(line) ?? [];
      if (median) medians.add(median);
    }
    if (state !== 'queued' && state !== 'running') return { messages: [...messages], medians };
    await progress.page().waitForTimeout(20);
  }
}
