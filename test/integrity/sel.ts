/**
 * `npm run test:integrity:sel`: the event log of a BMC, from a simulated one to Elasticsearch and to the embedded store, while
 * the shipper is killed, the log is cleared and its ids are used again; some minutes. `--seed N` repeats a run, `--kills N` (20) makes
 * it shorter or longer. Uses the Kafka and Elasticsearch that the tests are given, or starts its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { noBmc } from '#test/stack/bmc.ts';
import { startStack } from '#test/stack/stack.ts';
import { runSelSuite } from './sel-suite.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, kills: { type: 'string', default: '20' } },
});
if (noBmc !== undefined) process.exit(1);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const kills = Number(values.kills);
const began = Date.now();
const say = (line: string): void =>
  console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}`);
const { LOGPATROL_TEST_KAFKA: kafkaAddress, LOGPATROL_TEST_ELASTICSEARCH: elasticsearchAddress } =
  process.env;
const stack =
  kafkaAddress !== undefined && elasticsearchAddress !== undefined
    ? { kafkaAddress, elasticsearchAddress, stop: async () => undefined }
    : await startStack({ say });
let isExact = true;
try {
  for (const servers of [stack, undefined]) {
    const where = servers === undefined ? 'embedded' : 'Kafka and Elasticsearch';
    say(`${where}: seed ${seed}, ${kills} kills`);
    const folder = await mkdtemp(join(tmpdir(), 'logpatrol-sel-'));
    const report = await runSelSuite({
      ...(servers !== undefined && { servers }),
      ...{ folder, seed, kills, clears: 4, replacements: 2 },
      pauseMs: [3000, 8000],
      settleMs: 120_000,
      say,
    });
    console.log(
      `${where}: ${report.records} records, ${report.kills} kills, ${report.clears} clears, ids from 1 again ${report.replacements} times, ` +
        `${report.told} clears told: ${report.wrong.length === 0 ? 'each record once' : 'WRONG'}`,
    );
    for (const line of report.wrong) console.log(`WRONG: ${line}`);
    if (report.wrong.length > 0) console.log(`Logs of the members: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
    isExact &&= report.wrong.length === 0;
  }
} finally {
  await stack.stop();
}
process.exit(isExact ? 0 : 1);
