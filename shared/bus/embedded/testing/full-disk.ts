import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { LogpatrolError } from '#shared/errors/index.ts';
import { behind, copyOf, readAll, text } from '../../contract/harness.ts';
import { openEmbeddedBus } from '../../embedded.ts';

/**
 * A process on a disk of 24 MB, of which something else takes a third: writes until the disk is full, then lets a stage copy what
 * was written, which the disk is too full for, then makes room. Prints what has happened, as JSON.
 */
const [dataDir = ''] = process.argv.slice(2);
const ballast = join(dataDir, 'ballast');
writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024));

const troubles: string[] = [];
const roomMade = Promise.withResolvers<void>();
const bus = await openEmbeddedBus({
  dataDir,
  maxBytes: 100e6,
  logger: pino({ level: 'silent' }),
  observer: {
    trouble: ({ error }) => {
      troubles.push(error instanceof LogpatrolError ? error.kind : String(error));
      rmSync(ballast, { force: true });
      roomMade.resolve();
    },
  },
});
const spec = { partitions: 1, cleanup: 'delete', maxRecordBytes: 1e6 } as const;
await bus.setup(['input', 'output', 'dlq.input'].map((name) => ({ ...spec, name })));
const writer = await bus.writer('filler');
const write = (number: number, size: number) =>
  writer.write([{ topic: 'input', key: null, value: `${number} ${'x'.repeat(size)}` }]);

let written = 0;
let refusal: unknown;
for (const size of [65_536, 1024, 16]) {
  while (written < 10_000) {
    try {
      await write(written, size);
      written += 1;
    } catch (error) {
      refusal = error;
      break;
    }
  }
}
await bus.run({
  group: 'copy',
  input: 'input',
  start: 'committed',
  state: [],
  task: () => ({
    handle: (given) => {
      if (given.kind !== 'batch') return { records: [] };
      const number = (value: string) => value.slice(0, value.indexOf(' '));
      const records = given.records.map((record) => ({
        ...copyOf(record, 'output', 'me'),
        value: number(text(record)).padEnd(200),
      }));
      return { records, covers: behind(given.records) };
    },
  }),
});
await roomMade.promise;
await write(written, 16);
written += 1;
let copied: number[] = [];
while (copied.length < written) {
  copied = (await readAll(bus, 'output')).map((record) => Number(text(record)));
  await new Promise(setImmediate);
}
await bus.close();
const { kind = 'none', message = '' } = refusal instanceof LogpatrolError ? refusal : {};
process.stdout.write(`${JSON.stringify({ kind, message, written, copied, troubles })}\n`);
