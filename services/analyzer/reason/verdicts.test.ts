import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Asset, Control, MachineState } from '#shared/model/index.ts';
import type { RunbookHit } from '#shared/runbooks/port.ts';
import { sampleIncident as incident } from '#test/samples/incident.ts';
import { type OllamaStandIn, startOllama } from '#test/stand-ins/ollama/index.ts';
import { noContext, noSources } from './context.ts';
import type { ReasonStageOptions } from './stage.ts';
import { sampleAnswer } from './testing/conclusion.ts';
import { Driver } from './testing/driver.ts';

const model = 'qwen3:8b';
const said = { kind: 'answer', answer: sampleAnswer } as const;
const minute = 60_000;

describe('reasonStage and what the model said before', () => {
  let ollama: OllamaStandIn;
  let driver: Driver;
  let controls: readonly Control[];

  async function open(more: Partial<ReasonStageOptions> = {}, reasoning: Record<string, unknown> = {}) {
    const config = ConfigSchema.parse({ ollama: { url: ollama.url, model }, reasoning });
    driver = new Driver({ config, controls: { all: () => controls }, ...more });
    return driver.ready();
  }

  beforeEach(async () => {
    controls = [];
    ollama = await startOllama({ models: [model], reply: () => said });
  });
  afterEach(async () => {
    driver.takeOver();
    await ollama.close();
  });

  /** The failure is resolved, and a while later it is there again. */
  async function reopen(revision: number, afterMs = minute): Promise<void> {
    const state = 'resolved' as const;
    await driver.batch([incident({ revision, materialRevision: revision, state })]);
    await driver.tick(afterMs);
    driver.take();
    const next = revision + 1;
    await driver.batch([incident({ revision: next, materialRevision: next, openings: next, count: 5 })]);
    await driver.settle();
  }

  it('takes over what was said of the same failure in the same shape, at once', async () => {
    const metrics = new Registry();
    await open({ metrics });
    await driver.batch([incident()]);
    await driver.settle();
    await reopen(2);
    expect(ollama.requests).toHaveLength(1);
    expect(driver.take()).toMatchObject([
      { reasoning: 'model', conclusion: { summary: sampleAnswer.summary, takenFrom: incident().id } },
    ]);
    const text = await metrics.metrics();
    expect(text).toContain('logpatrol_verdict_cache_hits_total 1');
    expect(text).toContain('logpatrol_model_calls_total{outcome="concluded"} 1');
  });

  it('takes over from another incident of the same failure, also after a takeover', async () => {
    await open();
    await driver.batch([incident({ id: 'first' })]);
    await driver.settle();
    driver.take();
    driver.takeOver();
    const resolved = { revision: 2, materialRevision: 2, state: 'resolved' } as const;
    await driver.batch([incident({ id: 'first', ...resolved }), incident({ id: 'second' })]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(1);
    expect(driver.take().find(({ id }) => id === 'second')).toMatchObject({
      reasoning: 'model',
      conclusion: { takenFrom: 'first' },
    });
  });

  it.each([
    ['its time is over', {}, 61 * minute],
    ['it is to ask each time', { cacheMinutes: 0 }, minute],
  ])('asks again where %s', async (_, reasoning, afterMs) => {
    await open({}, reasoning);
    await driver.batch([incident()]);
    await driver.settle();
    await reopen(2, afterMs);
    expect(ollama.requests).toHaveLength(2);
  });

  it('asks again where the shape is another: ten times as many lines, other weights', async () => {
    await open();
    await driver.batch([incident()]);
    await driver.settle();
    await driver.batch([incident({ revision: 2, materialRevision: 2, count: 10 })]);
    await driver.settle();
    expect(ollama.requests).toHaveLength(2);
  });

  it('does not take over what says nothing', async () => {
    await open();
    ollama.script({ kind: 'answer', answer: { ...sampleAnswer, verdict: 'unknown' } });
    await driver.batch([incident()]);
    await driver.settle();
    await reopen(2);
    expect(ollama.requests).toHaveLength(2);
  });

  it('asks again once a person has said something of it, and once that is taken back', async () => {
    await open();
    await driver.batch([incident()]);
    await driver.settle();
    const { fingerprint, rule } = incident();
    const createdAt = new Date(driver.now + minute).toISOString();
    controls = [{ id: 'c', kind: 'feedback', scope: { rule }, by: 'li', createdAt }];
    await reopen(2, 2 * minute);
    expect(ollama.requests).toHaveLength(2);
    await reopen(4);
    expect(ollama.requests).toHaveLength(2);
    controls = [];
    await reopen(6);
    expect(ollama.requests).toHaveLength(3);
    expect(driver.take()).toMatchObject([{ fingerprint, reasoning: 'model' }]);
  });
});

describe('reasonStage and what is known beside an incident', () => {
  const runbook: RunbookHit = {
    name: 'pool',
    title: 'Pool',
    section: 'Checks',
    foundBy: 'rule',
    score: 1,
    path: '/x/pool.md',
    text: 'Look at pg_stat_activity.',
    terms: [],
    line: 1,
  };
  const machine: MachineState = {
    ...{ host: 'db-1', server: 'db-1', at: incident().firstSeen, outcome: 'ok', power: 'on', health: 'ok' },
    readings: [],
  };
  const asset: Asset = { host: 'db-1', owner: 'li', facts: { rack: 'A3' } };

  it('stands on a finding without a model too', async () => {
    const known = { runbooks: [runbook], assets: [asset], machines: [machine] };
    const driver = new Driver({
      config: ConfigSchema.parse({}),
      sources: { ...noSources, known: () => known },
    });
    await driver.batch([incident()]);
    const [finding] = driver.take();
    expect(finding?.assets).toEqual([asset]);
    expect(finding?.machines).toEqual([machine]);
    expect(finding?.runbooks).toEqual([
      { name: 'pool', title: 'Pool', section: 'Checks', foundBy: 'rule', score: 1 },
    ]);
    expect(finding?.reasoningNote).toBeUndefined();
  });

  it('waits for the reading that an incident of a machine comes from, and for no other', async () => {
    const { promise: refreshed, resolve } = Promise.withResolvers<void>();
    let known = noContext;
    const refresh = vi.fn(async () => {
      await refreshed;
      known = { ...noContext, machines: [machine] };
    });
    const driver = await new Driver({
      config: ConfigSchema.parse({}),
      sources: { ...noSources, known: () => known, refresh },
    }).ready();
    await driver.batch([incident({ id: 'of-lines' })]);
    expect(driver.take().map(({ id }) => id)).toEqual(['of-lines']);
    expect(refresh).not.toHaveBeenCalled();
    const handled = driver.batch([incident({ id: 'of-a-part', labels: { component: 'temperature' } })]);
    expect(driver.take()).toEqual([]);
    resolve();
    await handled;
    expect(driver.take()).toMatchObject([{ id: 'of-a-part', machines: [machine] }]);
  });

  it('says which hardware fault lies below, and raises a warning for it', async () => {
    const driver = new Driver({ config: ConfigSchema.parse({ language: 'en' }) });
    await driver.batch([
      incident({
        id: 'fan',
        pack: 'hardware',
        rule: 'hardware.fan',
        type: 'ipmi',
        service: 'ipmi',
        title: 'Fan failed',
      }),
      incident({ id: 'app' }),
    ]);
    expect(driver.take().find(({ id }) => id === 'app')).toMatchObject({
      hardware: { id: 'fan', title: 'Fan failed' },
      severity: 'critical',
    });
  });

  it('keeps what was looked up for the question, over a takeover too', async () => {
    const ollama = await startOllama({ models: [model], reply: () => said });
    const similar = [{ id: 'old', title: 'Pool', lastSeen: incident().lastSeen, feedback: 'li: restart it' }];
    const searched = { ...runbook, section: 'Remedies', foundBy: 'search' as const };
    const driver = await new Driver({
      config: ConfigSchema.parse({ ollama: { url: ollama.url, model } }),
      sources: {
        ...noSources,
        known: () => ({ runbooks: [runbook], assets: [], machines: [] }),
        gather: async () => ({ ...noContext, similar, runbooks: [runbook, searched] }),
      },
    }).ready();
    await driver.batch([incident()]);
    await driver.settle();
    const sections = () => driver.findings.at(-1)?.runbooks?.map(({ section }) => section);
    expect(driver.findings).toMatchObject([{ similar }]);
    expect(sections()).toEqual(['Checks', 'Remedies']);
    driver.takeOver();
    await driver.batch([incident({ revision: 2, count: 3 })]);
    await driver.tick(10_000);
    expect(driver.findings).toMatchObject([{ revision: 1 }, { revision: 2, similar }]);
    expect(sections()).toEqual(['Checks', 'Remedies']);
    await ollama.close();
  });
});
