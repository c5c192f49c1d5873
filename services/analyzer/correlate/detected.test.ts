import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BusRecord } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { createDetector, type Detector, inTimeOrder, loadRules } from '../detect/index.ts';
import { Correlator } from './correlator.ts';

const { domains, incidents } = ConfigSchema.parse({ incidents: { oldAfterMinutes: 525_600 } });
const start = Date.UTC(2026, 10, 20);
const second = 1000;
const minute = 60 * second;

const pack = `pack: mine
title: Mine
rules:
  - id: mine.refused
    title: Refused
    why: w
    source: s
    severity: warning
    keywords: [refused]
    correlate-by: []
    threshold: 5 in 1m by host
    examples: { match: [refused], no-match: [x] }
  - id: mine.lost
    title: Lost
    why: w
    source: s
    severity: warning
    keywords: [connection lost]
    correlate-by: []
    unless: { keywords: [connected again], within: 30s }
    examples: { match: [connection lost], no-match: [x], clears: [connected again] }
  - id: mine.down
    title: Down
    why: w
    source: s
    severity: warning
    regex: 'link (?<link>\\w+) down'
    correlate-by: [link]
    resolved-by: { regex: 'link (?<link>\\w+) up' }
    examples: { match: [link a down], no-match: [x], clears: [link a up] }
`;

let folder: string;
let detector: Detector;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-correlate-'));
  const file = join(folder, 'mine.yaml');
  await writeFile(file, pack);
  const rules = await loadRules({ paths: [file], shipped: false, language: 'en' });
  detector = createDetector({ rules, type: 'app', domains });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Line {
  readonly at: number;
  readonly host: string;
  readonly text: string;
}

const line = (at: number, host: string, text: string): Line => ({ at, host, text });

/** What becomes of the lines where so many are read at a time. */
function incidentsOf(lines: readonly Line[], perBatch: number) {
  const correlator = new Correlator({ incidents, language: 'en', domain: 'default', partition: 0 });
  const records = lines.map(({ at, host, text }, offset): BusRecord => {
    const time = new Date(start + at).toISOString();
    const event = { '@timestamp': time, message: text, host: { name: host }, service: { name: 'shop' } };
    const value = Buffer.from(JSON.stringify(event));
    return { topic: 'logs.app', partition: 0, offset, key: null, value, headers: {}, timestamp: start + at };
  });
  const now = start + (lines.at(-1)?.at ?? 0);
  for (let from = 0; from < records.length; from += perBatch) {
    const { signals, clears } = detector.detect(records.slice(from, from + perBatch), now);
    for (const signal of inTimeOrder(signals, clears))
      if (signal.kind === 'hit') correlator.fold(signal, now);
      else correlator.clear(signal);
  }
  correlator.decide(now);
  return correlator.incidents(now).map(({ rule, state, count, hosts, detail }) => ({
    ...{ rule, state, count, detail },
    hosts: Object.fromEntries(hosts.map(({ name, count: lines }) => [name, lines])),
  }));
}

/** One line at a time, some, and a day in one batch. */
const batches = [1, 7, 100_000];

describe('lines that detection has read', () => {
  it.each(batches)('are excused one by one, %i at a time', (perBatch) => {
    const lines = Array.from({ length: 300 }, (_, index) => {
      const at = index * 5 * minute;
      const host = `h${index % 3}`;
      const again = line(at + 10 * second, host, 'connected again');
      return [line(at, host, 'connection lost'), ...(index === 100 ? [] : [again])];
    }).flat();
    expect(incidentsOf(lines, perBatch)).toEqual([
      { rule: 'mine.lost', state: 'open', count: 1, hosts: { h1: 1 }, detail: undefined },
    ]);
  });

  it.each(batches)('reach their threshold in their window only, %i at a time', (perBatch) => {
    const slow = Array.from({ length: 500 }, (_, index) => line(index * 16 * second, 'slow', 'refused'));
    const burst = Array.from({ length: 5 }, (_, index) =>
      line(8_001_000 + index * second, 'burst', 'refused'),
    );
    expect(incidentsOf(slow, perBatch)).toEqual([]);
    // Three of the slow host's lines stand in the minute before.
    expect(incidentsOf([...slow, ...burst], perBatch)).toEqual([
      {
        rule: 'mine.refused',
        state: 'open',
        count: 8,
        hosts: { burst: 5, slow: 3 },
        detail: '5 in 1m by host: burst',
      },
    ]);
  });

  it.each(batches)('end where their host says so, of the same link, %i at a time', (perBatch) => {
    const lines = [
      line(0, 'a', 'link eth0 down'),
      line(second, 'a', 'link eth1 down'),
      line(2 * second, 'b', 'link eth0 down'),
      line(3 * second, 'a', 'link eth0 up'),
      line(4 * second, 'b', 'link eth0 up'),
      line(5 * second, 'b', 'link eth1 up'),
    ];
    expect(incidentsOf(lines, perBatch).map(({ state, count }) => [state, count])).toEqual([
      ['resolved', 2],
      ['open', 1],
    ]);
  });
});
