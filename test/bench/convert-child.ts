import { existsSync, readFileSync } from 'node:fs';
import { nodeModelFiles } from '@main/platform/node/model-files';
import { convertModel, writeModel } from '@main/services/convert';

// One conversion in a process of its own: `node script.cjs MODEL OUT`; with no argument nothing but the start is measured.
const [path, out] = process.argv.slice(2);

/** Linux counts what the process was before it became this program into maxRSS, but not into VmHWM. */
function peakRssKb(): number {
  const status = '/proc/self/status';
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak);
}

async function run(): Promise<void> {
  const started = performance.now();
  let bytes = 0;
  let operators = 0;
  if (path !== undefined && out !== undefined) {
    const opened = await convertModel({ path }, nodeModelFiles);
    const report = await writeModel(opened.model, out);
    opened.close();
    bytes = report.bytes;
    operators = report.operators.reduce((sum, { count }) => sum + count, 0);
  }
  const convertMs = performance.now() - started;
  console.log(JSON.stringify({ convertMs, bytes, operators, peakRssKb: peakRssKb() }));
}

void run();
