import { sqliteFiles } from '@main/platform/sqlite3/sqlite-files';
import { openStore } from '@main/services/store';
import { sampleRun } from '@test/support/sample-run';

// Writes runs until it is killed; says each one's id once it has been acknowledged.
async function writeForEver(path: string, prefix: string): Promise<void> {
  const store = await openStore(sqliteFiles, path);
  for (let i = 0; ; i += 1) {
    const id = `${prefix}-${i}`;
    if (i % 2 === 0) {
      await store.runs.save(sampleRun({ id }));
      process.stdout.write(`${id}\n`);
      continue;
    }
    const { launches, ...header } = sampleRun({ id });
    await store.runs.begin(header);
    for (const launch of launches) await store.runs.addLaunch(id, launch);
    await store.runs.finish(header);
    process.stdout.write(`${id}\n`);
  }
}

void writeForEver(process.argv[2]!, process.argv[3]!);
