// `node -r usage-hook.cjs ...` writes what the process took to file descriptor 3 when it ends, as one JSON object.
const { existsSync, readFileSync, writeSync } = require('node:fs');

/** Linux counts what the process was before it became this program into maxRSS, but not into VmHWM. */
function peakRssKb() {
  const status = '/proc/self/status';
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak);
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakRssKb: peakRssKb() }));
});
