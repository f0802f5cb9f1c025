import { expect, test, type Browser, type Page } from '@playwright/test';
import { browserPath, launchBrowser } from './support/browser';
import { complaintsOf, goTo, openWorkbench, startWorkbench, type Workbench } from './support/workbench';

test.skip(browserPath === undefined, 'no Chromium on this machine; EDGEBENCH_BROWSER names one');
test.describe.configure({ mode: 'serial' });

/** TensorFlow is loaded by each server and for the expected answers. */
const SERVER_MS = 120_000;
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
  await page.getByRole('button', { name: 'Use the bundled sample' }).click();
  await expect(page.getByRole('article')).toContainText('TensorFlow SavedModel');
});

test.afterAll(async () => {
  await browser?.close();
  await workbench?.stop();
});

test('the original is served with one click, behind a network that is called simulated', async () => {
  test.setTimeout(SERVER_MS + 60_000);
  await goTo(page, 'Cloud');
  const server = page.getByRole('region', { name: 'Server on this machine' });
  await server.getByLabel('Network to the server').selectOption('3g');
  await server.getByRole('button', { name: 'Start server' }).click();
  await expect(server.getByText('serving', { exact: true })).toBeVisible({ timeout: SERVER_MS });
  await expect(server.getByText('simulated network', { exact: true })).toBeVisible();
  const url = (await server.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).innerText()).trim();
  const started = performance.now();
  const answer = await fetch(`${url}/v2/health/ready`);
  expect(await answer.json()).toEqual({ ready: true });
  // A round trip of 150 ms, and nothing is faster than that.
  expect(performance.now() - started).toBeGreaterThan(100);
  await server.getByText('Ask it from a terminal').click();
  await expect(server.getByText(/curl -s http/).first()).toBeVisible();
  await server.getByRole('button', { name: 'Stop' }).click();
  await expect(server.getByText('serving', { exact: true })).toHaveCount(0);
  await expect(fetch(`${url}/v2/health/ready`)).rejects.toThrow();
});

test('it is measured from the app, in a sweep too, and listed with its parts', async () => {
  test.setTimeout(3 * SERVER_MS);
  const form = page.getByRole('form', { name: 'Measure the cloud side' });
  await form.getByLabel('Network to the server').selectOption('wifi');
  await form.getByLabel('Requests per second').fill('20');
  await form.getByLabel('Window, seconds').fill('0.3');
  await form.getByLabel('Your price for 1,000').fill('0.2');
  await form.getByRole('button', { name: 'Measure' }).click();
  const rows = page.locator('section', { has: page.getByRole('heading', { name: 'Cloud baselines' }) });
  await expect(rows.locator('tbody tr')).toHaveCount(1, { timeout: 2 * SERVER_MS });
  await expect(rows.locator('tbody tr').first()).toContainText('this machine');
  await expect(rows.getByText('simulated', { exact: true })).toHaveCount(1);
  await expect(rows.getByText(/queue .* · compute /)).toBeVisible();
  await form.getByLabel('Network to the server').selectOption('none');
  await form.getByLabel('Requests come').selectOption('closed');
  await form.getByLabel('Clients at once').fill('1, 2');
  await form.getByRole('button', { name: 'Measure' }).click();
  await expect(rows.locator('tbody tr')).toHaveCount(3, { timeout: 2 * SERVER_MS });
  await expect(rows.getByText('closed loop', { exact: true })).toHaveCount(2);
  await expect(rows.getByText('sweep')).toHaveCount(2);
});

test('a server elsewhere needs what its protocol needs, and a refusal is told', async () => {
  const form = page.getByRole('form', { name: 'Measure the cloud side' });
  await form.getByLabel('A server elsewhere').check();
  await expect(form.getByText('Give the address of the server')).toBeVisible();
  await form.getByLabel('Address').fill('http://127.0.0.1:9');
  await form.getByLabel('Protocol').selectOption('http');
  await expect(form.getByText('Write the request body.')).toBeVisible();
  await form.getByLabel('Request body').fill('{"picture": {{input:image}}}');
  await form.getByLabel('Where the outputs are').fill('probabilities = result.0.scores');
  await expect(form.getByRole('button', { name: 'Measure' })).toBeEnabled();
  await form.getByRole('button', { name: 'Measure' }).click();
  await expect(page.getByText(/cannot be reached/).first()).toBeVisible({ timeout: SERVER_MS });
});

test('no view made the browser complain', () => {
  expect(complaints).toEqual([]);
});
