import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { loadRules } from '../detect/index.ts';
import { scanFiles } from './scan-files.ts';

const rules = await loadRules({ paths: [], shipped: true, language: 'en' });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-neighbours-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Of each rule its severity, where what `hadoop.datanode` finds is known as good. */
async function severities(lines: readonly string[]): Promise<Record<string, string>> {
  const file = join(folder, 'job.log');
  await writeFile(file, lines.map((line) => `2026-01-02 ${line}\n`).join(''));
  const findings = await scanFiles({
    inputs: [file],
    stdin: Readable.from([]),
    config: ConfigSchema.parse({ language: 'en' }),
    rules,
    type: 'app',
    host: 'here',
    now: Date.UTC(2026, 10, 21),
    isKnownGood: ({ rule }) => rule === 'hadoop.datanode',
  });
  return Object.fromEntries(findings.map(({ rule, severity }) => [rule, severity]));
}

const lost = (time: string) =>
  `${time} WARN [x] DFSClient: Bad connect ack with firstBadLink as 192.0.2.4:50010`;

describe('lines beside a failure that is known as good', () => {
  it.each([
    ['a warning that speaks of an error', ['03:00:00 WARN [y] status: ERROR of the node'], 'info'],
    ['an error', ['03:00:00 ERROR [y] ledger rejected'], 'warning'],
    ['a line without a level', ['03:00:00 ledger answered ERROR'], 'warning'],
    ['a warning of another minute', ['03:05:00 WARN [y] status: ERROR of the node'], 'warning'],
    [
      'one that goes on',
      ['03:00:00 WARN [y] status: ERROR of the node', '03:09:00 WARN [y] status: ERROR of the node'],
      'warning',
    ],
    ['many', Array.from({ length: 9 }, () => '03:00:00 WARN [y] status: ERROR of the node'), 'warning'],
  ])('%s: %j → %s', async (_, beside, expected) => {
    expect(await severities([lost('03:00:00'), ...beside])).toMatchObject({
      'hadoop.datanode': 'info',
      'generic.error': expected,
    });
  });

  it('excuses nothing beside what goes on for long, and nothing fatal', async () => {
    const warning = '03:05:00 WARN [y] status: ERROR of the node';
    expect(await severities([lost('03:00:00'), warning, lost('03:10:00')])).toMatchObject({
      'hadoop.datanode': 'info',
      'generic.error': 'warning',
    });
    expect(await severities([lost('03:00:00'), '03:00:00 WARN [y] it was FATAL'])).toMatchObject({
      'generic.fatal': 'critical',
    });
  });
});
