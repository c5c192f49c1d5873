import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Bus } from '#shared/bus/port.ts';
import { topic, topicSpecs } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { openBus } from '#shared/lifecycle/index.ts';
import type { Conclusion, Finding } from '#shared/model/index.ts';
import { sampleFinding } from '#test/samples/finding.ts';
import { startFindingPrinter } from './finding-printer.ts';

let folder: string;
let bus: Bus;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-printer-'));
  const config = ConfigSchema.parse({ dataDir: folder });
  bus = await openBus(config, { logger: pino({ level: 'silent' }), observer: {}, name: 'test' });
  await bus.setup(topicSpecs(config));
});
afterEach(async () => {
  await bus.close();
  await rm(folder, { recursive: true });
});

/** What is printed of these findings. */
async function linesOf(findings: (Partial<Finding> | string)[], onlyOld: boolean): Promise<string[]> {
  const lines: string[] = [];
  const printer = await startFindingPrinter({ bus, onlyOld, print: (line) => lines.push(line) });
  const writer = await bus.writer('test');
  const last = { id: 'last', title: 'last', old: true };
  const records = [...findings, last].map((one, index) => ({
    topic: topic.findings,
    partition: 0,
    // Each its own key, so that compaction leaves every revision to be seen.
    key: String(index),
    value: typeof one === 'string' ? one : JSON.stringify(sampleFinding({ id: 'a', ...one })),
  }));
  await writer.write(records);
  await vi.waitFor(() => expect(lines.at(-1)).toContain('last'), { timeout: 10_000 });
  await printer.stop();
  for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/);
  return lines.slice(0, -1);
}

/** The titles of what is printed. */
async function titlesOf(
  findings: (Partial<Finding> | string)[],
  onlyOld: boolean,
): Promise<(string | undefined)[]> {
  const lines = await linesOf(findings, onlyOld);
  return lines.map((line) => /: (\S+)/.exec(line.slice(24))?.[1]);
}

it('tells each opening once, and no resolution', async () => {
  const titles = await titlesOf(
    [
      { title: 'one' },
      { title: 'revised', revision: 2 },
      'not json',
      { title: 'resolved', revision: 3, state: 'resolved' },
      { title: 'reopened', revision: 4, openings: 2 },
      { id: 'b', title: 'other' },
    ],
    false,
  );
  expect(titles).toEqual(['one', 'reopened', 'other']);
});

it('says nothing of what is muted, until it is so no more', async () => {
  const muted = { control: 'c', kind: 'silence', by: 'ana' } as const;
  const titles = await titlesOf(
    [
      { title: 'muted', muted },
      { title: 'heard', revision: 2 },
    ],
    false,
  );
  expect(titles).toEqual(['heard']);
});

it('says what the model concluded, where it has', async () => {
  const conclusion: Conclusion = {
    verdict: 'watch',
    summary: '磁盘将满\u001b[2J',
    cause: '',
    proven: false,
    evidence: [],
    actions: [],
    severity: 'warning',
    confidence: 0.5,
    model: 'qwen3:8b',
    answeredAt: '2026-11-21T01:00:00.000Z',
    shape: 'a',
    durationMs: 1,
    promptTokens: 1,
    outputTokens: 1,
  };
  const [line] = await linesOf([{ title: 'one', conclusion }], false);
  expect(line).toContain('watch: 磁盘将满');
  expect(line).not.toContain('\u001b');
});

it('can leave to the channels what they tell', async () => {
  const titles = await titlesOf([{ title: 'new' }, { id: 'b', title: 'old-one', old: true }], true);
  expect(titles).toEqual(['old-one']);
});
