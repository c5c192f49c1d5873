import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { line } from '../../contract/line.ts';
import { openEmbeddedStore } from '../../embedded.ts';

/**
 * A process on a disk of 24 MB, of which something else takes a third: writes until the disk is full, sees that the write waits
 * and the store says so, lets one write be abandoned, then makes room. Prints what has happened, as JSON.
 */
const [dataDir = ''] = process.argv.slice(2);
const ballast = join(dataDir, 'ballast');
writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024));

const waiting = Promise.withResolvers<void>();
const logger = pino({ level: 'warn' }, { write: () => waiting.resolve() });
const store = await openEmbeddedStore({ dataDir, maxBytes: 100e6, logger });
const batch = () => Array.from({ length: 50 }, (_, n) => line(`${n} ${'filler '.repeat(500)}`));

const stopping = new AbortController();
let isWaiting = false;
waiting.promise.then(() => {
  isWaiting = true;
});
let batches = 0;
let last: Promise<unknown> = Promise.resolve();
while (!isWaiting && batches < 1000) {
  last = store.saveLogs(batch(), { signal: stopping.signal });
  await Promise.race([last, waiting.promise]);
  if (!isWaiting) batches += 1;
}
const whileFull = await store.health();
stopping.abort(new Error('told to stop'));
const abandoned = await last.then(
  () => 'written',
  (error: unknown) => String(error),
);
const patient = store.saveLogs(batch(), { signal: new AbortController().signal });
rmSync(ballast);
const outcomes = new Set((await patient).map(({ kind }) => kind));
const count = await store.countLogs({});
const after = await store.health();
console.log(
  JSON.stringify({ batches, whileFull, abandoned, outcomes: [...outcomes], count, isWellAfter: after.ok }),
);
await store.close();
