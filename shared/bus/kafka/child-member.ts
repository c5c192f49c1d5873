/**
 * For tests: a member in a process of its own, which copies numbers and can be killed or stopped. Arguments: broker, prefix,
 * group, input, output, and `hold` (waits for a message before it answers a batch) or `open` (kills itself in the middle of a
 * transaction). It tells of each batch and of each takeover.
 */
import pino from 'pino';
import { batchStage, behind, copyOf } from '../contract/harness.ts';
import { openKafkaBus } from '../kafka.ts';
import { clientFactory } from './client.ts';

const [broker = '', prefix = '', group = '', input = '', output = '', how = ''] = process.argv.slice(2);
const kafka = {
  brokers: [broker],
  prefix,
  replicationFactor: 1,
  tls: false,
  sessionTimeoutSeconds: 6,
};
const logger = pino({ level: 'silent' });
const tell = (message: object) => process.send?.(message);

/** Begins what a member's transaction is, under the same id, and dies before its end. */
async function dieInTransaction(): Promise<void> {
  const producer = clientFactory(kafka, 'child', logger)().producer({
    transactionalId: `${prefix}${group}-${input}-0`,
    transactionTimeout: 60_000,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic: prefix + output, messages: [{ value: '-1', partition: 0 }] });
  process.kill(process.pid, 'SIGKILL');
}

const held = new Promise((resolve) => process.once('message', resolve));
const bus = await openKafkaBus({
  kafka,
  clientId: 'z-child', // the coordinator deals in the order of the names: ours comes last
  logger,
  observer: { takeover: ({ partition }) => tell({ takeover: partition }) },
});
const stage = batchStage(group, input, async (records) => {
  tell({ batch: records.length });
  if (how === 'open') await dieInTransaction();
  await held;
  return { records: records.map((record) => copyOf(record, output, 'child')), covers: behind(records) };
});
const member = await bus.run(stage);
setInterval(() => tell({ active: member.active() }), 100);
