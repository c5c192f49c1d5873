import { pino } from 'pino';
import { copyStage } from '../../contract/harness.ts';
import { openEmbeddedBus } from '../../embedded.ts';

/**
 * A process to be killed: opens the bus in the folder given, writes numbers, and copies them with two members. Prints `open`,
 * then each number once it and all before it are acknowledged.
 */
const [dataDir = ''] = process.argv.slice(2);
const bus = await openEmbeddedBus({ dataDir, maxBytes: 100e6, logger: pino({ level: 'silent' }) });
const spec = { partitions: 2, cleanup: 'delete', maxRecordBytes: 1e6 } as const;
await bus.setup(['input', 'output', 'dlq.input'].map((name) => ({ ...spec, name })));
process.stdout.write('open\n');
for (const by of ['first', 'second']) {
  await bus.run(copyStage('copy', 'input', 'output', by, { maxBatchBytes: 100 }));
}
const writer = await bus.writer('numbers');
for (let next = 0; ; next += 20) {
  const records = Array.from({ length: 20 }, (_, index) => ({
    topic: 'input',
    key: null,
    value: String(next + index),
    partition: index % 2,
  }));
  await writer.write(records);
  process.stdout.write(`${next + 19}\n`);
  await new Promise(setImmediate);
}
