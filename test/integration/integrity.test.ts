import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSuite } from '#test/integrity/suite.ts';
import { elasticsearchAddress, kafkaAddress } from '#test/stack/addresses.ts';

const kafka = kafkaAddress();
const elasticsearch = elasticsearchAddress();

/** The short form; `npm run test:integrity` is the whole, with outages of the servers. */
describe.skipIf(kafka === undefined || elasticsearch === undefined)('integrity', () => {
  it('is exact over kills, joins, leaves and stalls of every stage under load', {
    timeout: 480_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'logpatrol-integrity-'));
    const lines: string[] = [];
    const report = await runSuite({
      kafkaAddress: kafka ?? '',
      elasticsearchAddress: elasticsearch ?? '',
      folder,
      seed: Date.now() % 1_000_000,
      kills: 2,
      stalls: 1,
      pauseMs: [5000, 10_000],
      linesPerSecond: 150,
      linesPerNewFailure: 600,
      settleMs: 180_000,
      say: (line) => lines.push(line),
    });
    console.log(
      `integrity: seed ${report.seed}, ${report.lines} lines, ${report.failures} incidents, ${report.cards} cards, ${report.repeatedCards} repeated`,
    );
    expect(report.wrong, `${lines.join('\n')}\nlogs in ${folder}`).toEqual([]);
    expect(report.harms.map((done) => done.kills)).toEqual(Array(6).fill(2));
    await rm(folder, { recursive: true, force: true });
  });
});
