/**
 * `npm run test:integrity`: the whole integrity suite on a real Kafka and a real Elasticsearch of its own, about fifteen
 * minutes. `--seed N` repeats a run, `--kills N` (20) makes it shorter or longer, `--json` prints the report for machines.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '#test/stack/stack.ts';
import { outages } from './outages.ts';
import { runSuite } from './suite.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    kills: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const began = Date.now();
const say = (line: string): void =>
  console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${line}`);
const folder = await mkdtemp(join(tmpdir(), 'logpatrol-integrity-'));
const stack = await startStack({ say });
try {
  const report = await runSuite({
    kafkaAddress: stack.kafkaAddress,
    elasticsearchAddress: stack.elasticsearchAddress,
    folder,
    seed,
    kills: Number(values.kills),
    stalls: 1,
    pauseMs: [8000, 16_000],
    linesPerSecond: 300,
    linesPerNewFailure: 900,
    settleMs: 240_000,
    afterKills: (context) => outages({ ...context, stack, downMs: 60_000, faultMs: 10_000, say }),
    say,
  });
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    console.table(
      report.harms.map((done) => ({
        stage: done.stage,
        kills: done.kills,
        joins: done.joins,
        stalls: done.stalls,
        'longest stop (ms)': done.longestStopMs,
        'most memory (MB)': Math.round(done.mostResidentBytes / 1e6),
      })),
    );
    console.log(
      `seed ${report.seed}: ${report.lines} lines, ${report.failures} incidents with ${report.failureLines} lines, ` +
        `${report.cards} cards accepted, ${report.repeatedCards} of them repeats after a crash or a lost answer.`,
    );
    for (const line of report.wrong) console.log(`WRONG: ${line}`);
    console.log(report.wrong.length === 0 ? 'Everything is exact.' : `Logs of the members: ${folder}`);
  }
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
} finally {
  await stack.stop();
}
process.exit();
