import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSelSuite } from '#test/integrity/sel-suite.ts';
import { elasticsearchAddress, kafkaAddress } from '#test/stack/addresses.ts';
import { noBmc } from '#test/stack/bmc.ts';

const kafka = kafkaAddress();
const elasticsearch = elasticsearchAddress();

/** The short form, on real servers; `npm run test:integrity:sel` is the whole, and on the embedded pair too. */
describe.skipIf(noBmc !== undefined || kafka === undefined || elasticsearch === undefined)(
  'integrity of the SEL',
  () => {
    it('is exact over kills of the shipper, a clear, and ids that are used again', {
      timeout: 240_000,
    }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'logpatrol-sel-'));
      const lines: string[] = [];
      const report = await runSelSuite({
        servers: { kafkaAddress: kafka ?? '', elasticsearchAddress: elasticsearch ?? '' },
        ...{ folder, seed: Date.now() % 1_000_000, kills: 3, clears: 1, replacements: 1 },
        pauseMs: [4000, 8000],
        settleMs: 90_000,
        say: (line) => lines.push(line),
      });
      expect(report.wrong, `${lines.join('\n')}\nlogs in ${folder}`).toEqual([]);
      expect(report).toMatchObject({ kills: 3, told: 2 });
      await rm(folder, { recursive: true, force: true });
    });
  },
);
