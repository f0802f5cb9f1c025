import { expect, test, type Browser, type Page } from '@playwright/test';
import { browserPath, launchBrowser } from './support/browser';
import { goTo, openWorkbench, runCli, startWorkbench, type Workbench } from './support/workbench';

test.describe.configure({ mode: 'serial' });

let workbench: Workbench;

test.beforeAll(async () => {
  workbench = await startWorkbench();
});

test.afterAll(async () => {
  await workbench?.stop();
});

test('a port in use ends serve with status 1 and one sentence', () => {
  const { port } = new URL(workbench.url);
  const { status, stdout, stderr } = runCli('--data-dir', workbench.dataDir, 'serve', '--port', port);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(`Port ${port} is used by another program`);
});

test.describe('in the browser', () => {
  test.skip(browserPath === undefined, 'no Chromium on this machine; EDGEBENCH_BROWSER names one');
  test.skip(process.platform !== 'linux', 'the engine to kill is found through /proc');

  let browser: Browser;
  let page: Page;

  test.beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  });

  test.afterAll(async () => {
    await browser?.close();
  });

  test('a page without the token says what it needs', async () => {
    await page.goto(new URL('/', workbench.url).href);
    await expect(page.getByRole('alert')).toContainText('needs the token');
    await expect(page.getByText('No engine')).toBeVisible();
  });

  test('an engine killed in mid-job is told, comes back, and keeps the history', async () => {
    await openWorkbench(page, workbench);
    await goTo(page, 'Benchmark');
    await page.getByRole('button', { name: 'Use the bundled sample' }).click();
    await page.getByRole('checkbox', { name: /^int8 / }).uncheck();
    await page.getByRole('checkbox', { name: /^Cloud baseline/ }).uncheck();
    await page.getByRole('radio', { name: /^Demo/ }).check();
    await page.getByRole('button', { name: 'Start benchmark' }).click();
    const progress = page.getByRole('region', { name: 'Progress' });
    await expect(progress).toHaveAttribute('data-state', 'done', { timeout: 100_000 });

    await page.getByRole('radio', { name: /^Standard/ }).check();
    await page.getByRole('button', { name: 'Start benchmark' }).click();
    await expect(progress.getByText('median now')).toBeVisible({ timeout: 60_000 });
    const told = page.getByRole('alert').getByText('The engine has stopped').waitFor();
    const killed = workbench.enginePid();
    process.kill(killed, 'SIGKILL');
    await told;

    await expect(page.getByText('Engine running')).toBeVisible();
    expect(workbench.enginePid()).not.toBe(killed);
    await goTo(page, 'History');
    const rows = page.locator('tbody tr');
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText('interrupted');
    await expect(rows.last()).toContainText('completed');
    await expect(rows.last()).toContainText(/\d (µs|ms)/);
  });

  test('what was cut off goes on by itself, and is cancelled in the queue', async () => {
    await goTo(page, 'Queue');
    const lane = page.getByRole('region', { name: 'Lane of This computer' });
    const part = lane.getByRole('article').first();
    await expect(part).toHaveAttribute('data-state', 'running', { timeout: 60_000 });
    await expect(part).toContainText('Benchmark digits');
    await expect(part.getByRole('progressbar')).toBeVisible();
    await part.getByRole('button', { name: 'Cancel' }).click();
    await expect(lane.getByRole('article').first()).toHaveAttribute('data-state', 'cancelled', {
      timeout: 30_000,
    });
    await expect(lane.getByRole('article').last()).toHaveAttribute('data-state', 'done');
  });

  test('the engine that came back takes jobs', async () => {
    await goTo(page, 'Benchmark');
    await page.getByLabel('Model', { exact: true }).fill('/nowhere/model.keras');
    await page.getByRole('button', { name: 'Start benchmark' }).click();
    const progress = page.getByRole('region', { name: 'Progress' });
    await expect(progress).toHaveAttribute('data-state', 'failed');
    await expect(progress).toContainText('/nowhere/model.keras');
  });
});
