import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgainstHistory } from './against-history.ts';
import { type History, servicesOf } from './history.ts';
import { readHistory, writeHistory } from './history-file.ts';
import { createKnownGood } from './known-good.ts';
import { Learner } from './learner.ts';
import type { CountedFileLine } from './line-counts.ts';
import { createRates, minuteMs, play, start } from './testing/traffic.ts';

const hour = 60;

function line(
  masked: string,
  minute: number | undefined,
  more: Partial<CountedFileLine> = {},
): CountedFileLine {
  const time = minute === undefined ? undefined : start + minute * minuteMs;
  return {
    service: 'job',
    type: 'app',
    masked,
    time,
    severity: 'info',
    rule: undefined,
    exemplar: () => ({
      id: 'e',
      timestamp: new Date(time ?? start).toISOString(),
      host: 'h',
      text: masked,
      before: [],
    }),
    ...more,
  };
}

/** Runs of a job of ten minutes, a day apart: a beginning, steps, an end. */
function runs(count: number, learner = new Learner(), from = 0): Learner {
  for (let run = from; run < from + count; run++) {
    const begin = run * 24 * hour;
    learner.add(line('job begins', begin));
    for (let step = 0; step < 20 + (run % 3); step++) learner.add(line('step <*> done', begin + (step % 10)));
    learner.add(line('job ends well', begin + 10));
    learner.endSample(`run ${run}`, [
      { rule: 'disk.slow', service: 'job', fingerprint: 'f1', most: 2 + (run % 2) },
      { rule: 'generic.error', service: 'job', fingerprint: 'f2', most: 4 },
    ]);
  }
  return learner;
}

const learned = (): History => runs(6).history(start);

function against(history: History): AgainstHistory {
  return new AgainstHistory({
    history,
    rates: { historyHours: 24 },
    language: 'en',
    domainOf: () => 'default',
  });
}

describe('a learned history', () => {
  it('knows in how many samples a kind is, and how often', () => {
    const history = learned();
    expect(history.samples).toHaveLength(6);
    expect(
      history.kinds.map(({ baseline, samples, least, most }) => [
        baseline.template?.text,
        samples,
        least,
        most,
      ]),
    ).toEqual([
      [undefined, 6, 22, 24],
      ['job begins', 6, 1, 1],
      ['step <*> done', 6, 20, 22],
      ['job ends well', 6, 1, 1],
    ]);
    expect(servicesOf(history, 24)).toEqual([
      { service: 'job', hours: expect.closeTo(1, 1), samples: 6, isEnough: true },
    ]);
  });

  it('grows by what is learned into it', () => {
    const both = runs(3, new Learner(runs(3).history(start)), 3).history(start);
    const whole = learned();
    expect(both.samples).toEqual(whole.samples);
    expect(both.hits).toEqual(whole.hits);
    const counted = ({ kinds }: History) =>
      kinds.map(({ baseline, samples, least, most }) => [baseline.key, baseline.total, samples, least, most]);
    expect(counted(both)).toEqual(counted(whole));
  });

  it('seeds the rates of a service, whenever it was learned', () => {
    const learner = new Learner();
    for (let minute = 0; minute < 25 * hour; minute++)
      learner.add(line('all is well', minute, { service: 'shop' }));
    learner.endSample('a day', []);
    const rates = createRates();
    rates.seed(learner.history(start).kinds.map(({ baseline }) => baseline));
    const later = 400 * 24 * hour;
    const said = play(rates, later, later + 3, (minute) => [
      { masked: 'all is well', count: 1 },
      { masked: 'valve broken', count: minute === later + 2 ? 1 : 0, severity: 'warning' },
    ]);
    expect(said.map(({ said: { rule } }) => rule)).toEqual(['rates.new']);
    expect(rates.histories()[0]?.hours).toBeGreaterThan(24);
  });
});

describe('judging files by a history', () => {
  const judged = (lines: readonly CountedFileLine[], history = learned()) => {
    const judge = against(history);
    for (const each of lines) judge.add(each);
    return { hits: judge.hits(start), services: judge.services() };
  };
  const good = [
    line('job begins', 0),
    ...Array.from({ length: 21 }, (_, step) => line('step <*> done', step % 10)),
    line('job ends well', 10),
  ];

  it('finds nothing in another good one', () => {
    expect(judged(good).hits).toEqual([]);
  });

  it('finds what is new, what is far too much and what is missing', () => {
    const { hits } = judged([
      line('job begins', 0),
      ...Array.from({ length: 20 }, (_, step) => line('step <*> done', step % 10)),
      ...Array.from({ length: 40 }, () => line('job begins', 3)),
      line('cannot write: out of room', 4, { severity: 'warning' }),
      line('cannot write: told by a rule', 4, { severity: 'critical', rule: 'storage.no-space' }),
    ]);
    expect(
      hits.map(({ rule, severity, template, numbers }) => ({
        rule,
        severity,
        text: template?.text,
        numbers,
      })),
    ).toMatchObject([
      { rule: 'rates.new', severity: 'warning', text: 'cannot write: out of room', numbers: { lines: 1 } },
      {
        rule: 'rates.spike',
        severity: 'info',
        text: 'job begins',
        numbers: { lines: 41, most: 1, samples: 6 },
      },
      { rule: 'rates.silent', severity: 'info', text: undefined, numbers: { kinds: 1, samples: 6 } },
    ]);
    expect(hits[2]?.detail).toContain('"job ends well"');
  });

  it('takes a log of ten runs for ten runs, and says nothing of a part of one', () => {
    const ten = Array.from({ length: 10 }, () => good).flat();
    expect(judged(ten).hits).toEqual([]);
    expect(judged(good.slice(0, 5)).hits).toEqual([]);
  });

  it('judges nothing by too little, and says how much there is', () => {
    const little = runs(2).history(start);
    expect(judged([line('never seen', 1)], little)).toEqual({
      hits: [],
      services: [{ service: 'job', hours: expect.closeTo(0.3, 1), samples: 2, isEnough: false }],
    });
    expect(judged([line('x', 1, { service: 'stranger' })]).services).toMatchObject([
      { service: 'stranger', isEnough: false },
    ]);
  });

  it('finds a heartbeat that stopped for a while', () => {
    const learner = new Learner();
    for (let minute = 0; minute < 3 * 24 * hour; minute++) {
      learner.add(line('going on', minute));
      if (minute % 5 === 0) learner.add(line('heartbeat of the pump', minute));
    }
    learner.endSample('three days', []);
    const lines = Array.from({ length: 4000 }, (_, minute) => [
      line('going on', minute),
      ...(minute % 5 === 0 && !(minute > 1000 && minute < 1060)
        ? [line('heartbeat of the pump', minute)]
        : []),
    ]).flat();
    expect(judged(lines, learner.history(start)).hits).toMatchObject([
      { rule: 'rates.silent', severity: 'warning', numbers: { minutes: 60, usualGapMinutes: 5 } },
    ]);
  });

  it('misses a heartbeat that is not there at all, and not in chosen lines', () => {
    const learner = new Learner();
    const kinds = ['going on', 'queue looked after', 'heartbeat of the pump'];
    for (let minute = 0; minute < 2 * 24 * hour; minute++)
      for (const kind of kinds) learner.add(line(kind, minute));
    learner.endSample('two days', []);
    const history = learner.history(start);
    const hours = (present: readonly string[]) =>
      Array.from({ length: 300 }, (_, minute) => present.map((kind) => line(kind, minute))).flat();
    expect(judged(hours(kinds), history).hits).toEqual([]);
    expect(judged(hours(kinds.slice(0, 2)), history).hits).toMatchObject([
      { rule: 'rates.silent', severity: 'warning', template: { text: 'heartbeat of the pump' } },
    ]);
    expect(judged(hours(kinds.slice(0, 1)), history).hits).toEqual([]);
  });

  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
  const polls = (count: number, days: number) =>
    Array.from({ length: days * 24 * hour }, (_, minute) =>
      names
        .slice(0, count)
        .flatMap((name) =>
          [0, 1].map(() => line(`member ${name} of the group was polled and answered`, minute)),
        ),
    ).flat();

  it('compares kinds that become one in the files with the sum of what they were', () => {
    const learner = new Learner();
    for (const each of polls(5, 2)) learner.add(each);
    learner.endSample('two days', []);
    const history = learner.history(start);
    expect(history.kinds).toHaveLength(6);
    expect(judged(polls(8, 1), history).hits).toEqual([]);
  });

  it('keeps all of what kinds were that become one in what is added', () => {
    const learner = new Learner();
    for (const each of polls(5, 2)) learner.add(each);
    learner.endSample('two days', []);
    const more = new Learner(learner.history(start));
    for (const each of polls(8, 1)) more.add(each);
    more.endSample('one day', []);
    const kinds = more.history(start).kinds.filter(({ baseline }) => baseline.template !== undefined);
    expect(kinds).toMatchObject([{ baseline: { total: 2 * 24 * hour * (2 * 5 + 8) }, samples: 2 }]);
  });

  it('tells when a rush was, and how many lines it had', () => {
    const learner = new Learner();
    for (let minute = 0; minute < 2 * 24 * hour; minute++) learner.add(line('going on', minute));
    learner.endSample('two days', []);
    const lines = Array.from({ length: 300 }, (_, minute) =>
      Array.from({ length: minute >= 100 && minute < 110 ? 30 : 1 }, () => line('going on', minute)),
    ).flat();
    expect(judged(lines, learner.history(start)).hits).toMatchObject([
      {
        rule: 'rates.spike',
        count: 300,
        firstSeen: new Date(start + 100 * minuteMs).toISOString(),
        lastSeen: new Date(start + 109 * minuteMs).toISOString(),
      },
    ]);
  });
});

describe('known as good', () => {
  const isKnownGood = createKnownGood(learned());
  const facts = { fingerprint: 'f1', rule: 'disk.slow', service: 'job', pinned: false, count: 3 };

  it.each([
    ['as many lines', {}, true],
    ['more', { count: 4 }, false],
    ['another failure of the same rule', { fingerprint: 'f9' }, true],
    ['another service', { service: 'shop' }, false],
    ['pinned', { pinned: true }, false],
    ['the same line of a level', { fingerprint: 'f2', rule: 'generic.error', count: 4 }, true],
    ['another line of that level', { fingerprint: 'f9', rule: 'generic.error', count: 1 }, false],
  ])('%s: %j → %s', (_, more, expected) => expect(isKnownGood({ ...facts, ...more })).toBe(expected));
});

describe('the file of a history', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-history-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is read as it was written, compressed or not', async () => {
    const history = learned();
    for (const name of ['a.ndjson', 'a.ndjson.gz']) {
      await writeHistory(join(folder, name), history);
      expect(await readHistory(join(folder, name))).toEqual(history);
    }
    const plain = await readFile(join(folder, 'a.ndjson'));
    expect(gunzipSync(await readFile(join(folder, 'a.ndjson.gz')))).toEqual(plain);
  });

  it.each([
    ['none', undefined, /does not exist; make it with logpatrol learn$/],
    ['empty', '', /is empty; make it with logpatrol learn$/],
    ['other', 'hello\n', /is no history of logpatrol \(line 1\)/],
    [
      'newer',
      '{"entry":"logpatrol-history","version":2}\n',
      /is of version 2, and this logpatrol reads version 1/,
    ],
    ['cut.gz', 'not gzip', /has damaged gzip data/],
    [
      'damaged',
      '{"entry":"logpatrol-history","version":1,"createdAt":"2026-01-01T00:00:00Z","samples":[]}\n{"entry":"kind"}\n',
      /is damaged at line 2 \(.*\); make it anew with logpatrol learn$/,
    ],
  ])('%s: says what is wrong, where, and what to do', async (name, text, message) => {
    const path = join(folder, name);
    if (text !== undefined) await writeFile(path, text);
    await expect(readHistory(path)).rejects.toThrow(message);
    await expect(readHistory(path)).rejects.toMatchObject({ exitCode: 2 });
  });
});
