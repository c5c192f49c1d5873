import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { type OllamaStandIn, startOllama } from '#test/stand-ins/ollama/index.ts';
import { sampleAnswer as answer } from './testing/conclusion.ts';
import { Driver } from './testing/driver.ts';

const model = 'qwen3:8b';
const said = { kind: 'answer', answer } as const;

/** Incidents of different names are different failures, so that nothing is taken over from another. */
function incident(changes: Partial<Incident> = {}): Incident {
  return sampleIncident({ ...(changes.id !== undefined && { fingerprint: changes.id }), ...changes });
}

describe('reasonStage without a model', () => {
  const config = ConfigSchema.parse({});

  it('tells of each incident at once, on rules alone', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident({ id: 'a' }), incident({ id: 'b', severity: 'critical' })]);
    expect(driver.take()).toMatchObject([
      { id: 'b', revision: 1, reasoning: 'off', severity: 'critical' },
      {
        id: 'a',
        revision: 1,
        reasoning: 'off',
        severity: 'warning',
        severityReasons: ['规则级别为 warning'],
      },
    ]);
    expect(driver.covers).toBe(2);
  });

  it('tells of mere counts every five seconds, and of the last one exactly', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident()]);
    driver.take();
    for (let revision = 2; revision <= 9; revision++) {
      await driver.batch([incident({ revision, count: revision })]);
      await driver.tick(500);
    }
    expect(driver.take()).toEqual([]);
    await driver.tick(1000);
    expect(driver.take()).toMatchObject([{ count: 9, revision: 2, incidentRevision: 9 }]);
    await driver.tick(10_000);
    expect(driver.take()).toEqual([]);
  });

  it('tells of a material change and of the end at once, then forgets', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident()]);
    await driver.batch([incident({ revision: 2, materialRevision: 2, count: 10 })]);
    const resolvedAt = new Date(driver.now).toISOString();
    await driver.batch([
      incident({ revision: 3, materialRevision: 3, count: 11, state: 'resolved', resolvedAt }),
    ]);
    expect(driver.take()).toMatchObject([
      { revision: 1, count: 1 },
      { revision: 2, count: 10 },
      { revision: 3, count: 11, state: 'resolved', resolvedAt },
    ]);
    await driver.batch([incident().id]);
    expect(driver.ended).toEqual([incident().id]);
  });

  it('keeps when an incident was found, over revisions and a takeover, until it is opened anew', async () => {
    const driver = new Driver({ config });
    const found = new Date(driver.now).toISOString();
    await driver.batch([incident()]);
    await driver.tick(1000);
    await driver.batch([incident({ revision: 2, materialRevision: 2 })]);
    expect(driver.take()).toMatchObject([{ detectedAt: found }, { detectedAt: found }]);
    driver.takeOver();
    await driver.batch([incident({ revision: 2, materialRevision: 2 })]);
    await driver.tick(1000);
    await driver.batch([incident({ revision: 3, materialRevision: 3 })]);
    await driver.tick(1000);
    const again = new Date(driver.now).toISOString();
    await driver.batch([incident({ revision: 4, materialRevision: 4, openings: 2 })]);
    expect(driver.take()).toMatchObject([
      { revision: 3, detectedAt: found },
      { revision: 4, detectedAt: again },
    ]);
    expect(again).not.toBe(found);
  });

  it('reads everything before it tells anything, and tells nothing twice', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident({ id: 'a' }), incident({ id: 'b' })]);
    driver.take();
    driver.takeOver();
    await driver.batch([incident({ id: 'a' }), incident({ id: 'b' })], false);
    await driver.tick(10_000, false);
    await driver.batch([incident({ id: 'a', revision: 2, count: 2 }), incident({ id: 'c' })], false);
    expect(driver.take()).toEqual([]);
    await driver.batch([incident({ id: 'c', revision: 2, count: 5 })]);
    expect(driver.take().sort((x, y) => x.id.localeCompare(y.id))).toMatchObject([
      { id: 'a', revision: 2, count: 2 },
      { id: 'c', revision: 1, count: 5 },
    ]);
  });

  it('tells of what came and went while nobody told findings, and of nothing that had ended before', async () => {
    const driver = new Driver({ config });
    const resolved = { state: 'resolved', revision: 2, materialRevision: 2 } as const;
    await driver.batch([incident({ id: 'before' })]);
    await driver.batch([incident({ id: 'before', ...resolved }), 'before']);
    await driver.batch([incident({ id: 'lost' })]);
    driver.take();
    driver.ended.length = 0;

    driver.takeOver();
    const compacted = [incident({ id: 'before' }), incident({ id: 'before', ...resolved }), 'before'];
    await driver.batch([...compacted, incident({ id: 'new' }), incident({ id: 'new', ...resolved }), 'new']);
    expect(driver.take()).toMatchObject([{ id: 'new', state: 'resolved', revision: 1 }]);
    // What has a finding and no incident any more ends as well.
    expect(driver.ended.sort()).toEqual(['lost', 'new']);
  });

  it('says nothing of what is pending, until it opens', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident({ id: 'a', state: 'pending', count: 0 })]);
    await driver.batch([incident({ id: 'b', state: 'pending', count: 0 }), 'b']);
    await driver.tick(10_000);
    expect(driver.take()).toEqual([]);
    expect(driver.ended).toEqual([]);
    expect(driver.covers).toBe(3);
    await driver.batch([incident({ id: 'a', revision: 2, materialRevision: 2 })]);
    expect(driver.take()).toMatchObject([{ id: 'a', revision: 1, state: 'open' }]);
  });

  it('dead-letters what is no incident', async () => {
    const driver = new Driver({ config });
    const records = [driver.record('incidents', 'x', 'nonsense'), driver.record('incidents', 'y', '{}')];
    await driver.give({ kind: 'batch', records, caughtUp: true });
    expect(driver.dead).toMatchObject([{ topic: 'dlq.incidents' }, { topic: 'dlq.incidents' }]);
    expect(driver.covers).toBe(2);
  });
});

describe('reasonStage with a model', () => {
  let ollama: OllamaStandIn;
  let driver: Driver;

  function configured(changes: Record<string, unknown> = {}) {
    return ConfigSchema.parse({
      language: 'en',
      ollama: { url: ollama.url, model, ...changes },
      reasoning: { concurrency: 1 },
    });
  }

  beforeEach(async () => {
    ollama = await startOllama({ models: [model], reply: () => said });
    driver = await new Driver({ config: configured() }).ready();
  });
  afterEach(async () => {
    driver.takeOver(); // aborts what is under way
    await ollama.close();
  });

  const titles = () =>
    ollama.requests.map(({ body }) => /^title: (.*)$/m.exec(body?.messages[1]?.content ?? '')?.[1]);

  it('holds a finding for the answer, and tells both as one', async () => {
    await driver.batch([incident()]);
    await driver.tick(10_000);
    expect(driver.take()).toEqual([]);
    await driver.settle();
    expect(driver.take()).toMatchObject([
      {
        revision: 1,
        reasoning: 'model',
        conclusion: { summary: answer.summary, evidence: [{ id: 'line-1' }] },
      },
    ]);
    expect(ollama.requests).toHaveLength(1);
  });

  it.each([
    ['critical', 5],
    ['warning', 20],
    ['info', 60],
  ] as const)(
    'holds a %s finding for %i s, tells it on rules, and the late answer as its next revision',
    async (severity, seconds) => {
      ollama.script({ kind: 'answer', answer: { ...answer, severity }, delayMs: 300 });
      await driver.batch([incident({ severity })]);
      await driver.tick(seconds * 1000 - 1);
      expect(driver.take()).toEqual([]);
      await driver.tick(1);
      expect(driver.take()).toMatchObject([{ revision: 1, reasoning: 'pending', severity }]);
      await driver.settle();
      expect(driver.take()).toMatchObject([{ revision: 2, reasoning: 'model', severity }]);
    },
  );

  it.each([
    ['counts what the line needed to get here towards the hold', 3000, 2000],
    ['holds no longer than now', 9000, 0],
    ['holds in full what waited for us to come back', 600_000, 5000],
  ])('%s', async (_, underWay, held) => {
    ollama.script({ kind: 'hang' });
    await driver.tick(underWay);
    await driver.batch([incident({ severity: 'critical' })]);
    if (held > 0) {
      await driver.tick(held - 1);
      expect(driver.take()).toEqual([]);
      await driver.tick(1);
    }
    expect(driver.take()).toMatchObject([{ revision: 1, reasoning: 'pending' }]);
  });

  it('lets the model move the severity by one step', async () => {
    ollama.script({ kind: 'answer', answer: { ...answer, severity: 'info' } });
    await driver.batch([incident({ severity: 'critical' })]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ severity: 'warning' }]);
  });

  it('asks about the most severe first, and about the newest state of each', async () => {
    ollama.script({ ...said, delayMs: 100 });
    await driver.batch([incident({ id: 'a', title: 'A', severity: 'critical' })]);
    await driver.batch([incident({ id: 'b', title: 'B' }), incident({ id: 'c', title: 'C' })]);
    await driver.batch([incident({ id: 'd', title: 'D', severity: 'critical' })]);
    await driver.batch([
      incident({ id: 'b', title: 'B again', revision: 2, materialRevision: 2, count: 10 }),
    ]);
    await driver.settle();
    expect(titles()).toEqual(['A', 'D', 'B again', 'C']);
    expect(driver.take().map(({ id, revision, reasoning }) => [id, revision, reasoning])).toEqual([
      ['a', 1, 'model'],
      ['d', 1, 'model'],
      ['b', 1, 'model'],
      ['c', 1, 'model'],
    ]);
  });

  it('asks again only after a material change, and keeps the conclusion to the end', async () => {
    await driver.batch([incident()]);
    await driver.settle();
    await driver.batch([incident({ revision: 2, count: 3 })]);
    await driver.tick(6000);
    expect(ollama.requests).toHaveLength(1);
    await driver.batch([incident({ revision: 3, materialRevision: 3, count: 10 })]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(2);
    await driver.batch([incident({ revision: 4, materialRevision: 4, count: 10, state: 'resolved' })]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(2);
    expect(
      driver
        .take()
        .map(({ revision, count, state, reasoning, conclusion }) => [
          revision,
          count,
          state,
          reasoning,
          conclusion?.summary,
        ]),
    ).toEqual([
      [1, 1, 'open', 'model', answer.summary],
      [2, 3, 'open', 'model', answer.summary],
      [3, 10, 'open', 'model', answer.summary],
      [4, 10, 'resolved', 'model', answer.summary],
    ]);
  });

  it('takes an answer about an older state, and asks about the newer', async () => {
    ollama.script({ ...said, delayMs: 200 });
    await driver.batch([incident()]);
    await driver.batch([incident({ revision: 2, materialRevision: 2, count: 10 })]);
    await driver.settle();
    expect(driver.take()).toMatchObject([
      { revision: 1, count: 10, reasoning: 'pending', conclusion: { summary: answer.summary } },
      { revision: 2, count: 10, reasoning: 'model' },
    ]);
    expect(ollama.requests).toHaveLength(2);
  });

  it('does not ask about old incidents, nor hold them', async () => {
    await driver.batch([incident({ old: true })]);
    expect(driver.take()).toMatchObject([{ old: true, reasoning: 'off' }]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(0);
    await driver.batch([incident({ revision: 2, materialRevision: 2 })]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(1);
  });

  it.each([
    ['muted', { muted: { control: 'c1', kind: 'feedback', by: 'li' } }],
    ['taken in', { causedBy: { id: 'db', service: 'db', title: 'Down' } }],
  ] as const)('does not ask about what is %s, nor hold it, until it is no more', async (_, quiet) => {
    await driver.batch([incident({ ...quiet })]);
    expect(driver.take()).toMatchObject([{ ...quiet, reasoning: 'off' }]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(0);
    await driver.batch([incident({ revision: 2, materialRevision: 2 })]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ revision: 2, reasoning: 'model' }]);
    expect(ollama.requests).toHaveLength(1);
  });

  it('asks about what has a cause and is pinned: it is told itself', async () => {
    const causedBy = { id: 'db', service: 'db', title: 'Down' };
    await driver.batch([incident({ causedBy, pinned: true })]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ causedBy, reasoning: 'model' }]);
  });

  it('tells findings at once while the model is away, and their conclusions when it is back', async () => {
    ollama.script(...Array(3).fill({ kind: 'proxy-error' }));
    await driver.batch(['a', 'b', 'c', 'd'].map((id) => incident({ id })));
    await driver.settle();
    expect(driver.take().map(({ id, reasoning }) => [id, reasoning])).toEqual(
      ['a', 'b', 'c', 'd'].map((id) => [id, 'unavailable']),
    );
    await driver.batch([incident({ id: 'e' })]);
    expect(driver.take()).toMatchObject([{ id: 'e', reasoning: 'unavailable' }]);
    expect(ollama.requests).toHaveLength(3);
    await driver.tick(9000);
    await driver.settle();
    expect(ollama.requests).toHaveLength(3);
    await driver.tick(1000);
    await driver.settle();
    expect(
      driver
        .take()
        .map(({ id, revision, reasoning }) => `${id} ${revision} ${reasoning}`)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd', 'e'].map((id) => `${id} 2 model`));
  });

  it('gives an incident up that fails the model twice, and goes on with the others', async () => {
    // Each call tries once more by itself.
    ollama.script(...Array(4).fill({ kind: 'runner-death' }));
    await driver.batch([incident({ id: 'bad', severity: 'critical' }), incident({ id: 'good' })]);
    await driver.settle();
    expect(driver.take().map(({ id, reasoning }) => [id, reasoning])).toEqual([
      ['bad', 'unavailable'],
      ['good', 'model'],
    ]);
    expect(ollama.requests).toHaveLength(5);
  });

  it('asks again after a takeover about what was under way', async () => {
    ollama.script({ kind: 'hang' });
    await driver.batch([incident()]);
    await driver.tick(20_000);
    expect(driver.take()).toMatchObject([{ revision: 1, reasoning: 'pending' }]);
    await expect.poll(() => ollama.running()).toBe(1);
    driver.takeOver();
    await expect.poll(() => ollama.running()).toBe(0);
    await driver.batch([incident()]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ revision: 2, reasoning: 'model' }]);
    driver.takeOver();
    await driver.batch([incident()]);
    await driver.settle();
    expect(driver.take()).toEqual([]);
    expect(ollama.requests).toHaveLength(2);
  });

  it('keeps within its bound in a storm, telling everything and asking about the worst', async () => {
    driver = await new Driver({ config: configured(), maxBytes: 200_000 }).ready();
    ollama.script({ kind: 'hang' });
    const ids = Array.from({ length: 300 }, (_, index) => `i${index}`);
    for (const [index, id] of ids.entries())
      await driver.batch([incident({ id, title: id, severity: index % 50 === 49 ? 'critical' : 'warning' })]);
    await driver.tick();
    expect(driver.paused).toBe(false);
    const told = driver.take();
    const kept = new Set(ids);
    for (const finding of told) {
      expect(finding.reasoning).toMatch(/pending|unavailable/);
      kept.delete(finding.id);
    }
    // What was not told at once still waits for the model, and all of the critical is among it.
    expect(told.some(({ severity }) => severity === 'critical')).toBe(false);
    expect(kept.size).toBeLessThan(120);
    await driver.tick(30_000);
    for (const finding of driver.take()) kept.delete(finding.id);
    expect(kept.size).toBe(0);
  });

  it('counts calls and findings', async () => {
    const metrics = new Registry();
    driver = await new Driver({ config: configured(), metrics }).ready();
    await driver.batch([incident()]);
    await driver.settle();
    const text = await metrics.metrics();
    expect(text).toContain('logpatrol_model_calls_total{outcome="concluded"} 1');
    expect(text).toContain('logpatrol_findings_total{severity="warning",reasoning="model"} 1');
  });
});
