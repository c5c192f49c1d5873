import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { HistoryEntry } from '#shared/model/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import { sampleIncident as incident } from '#test/samples/incident.ts';
import { type OllamaStandIn, startOllama } from '#test/stand-ins/ollama/index.ts';
import { sampleAnswer as answer } from './testing/conclusion.ts';
import { Driver } from './testing/driver.ts';

const at = new Date(sampleTime).toISOString();
const wang = { id: 'wang', name: '王芳' };
const click: HistoryEntry = { id: 'click-1', at, action: 'acknowledge', by: wang };
/** As it is when somebody has taken it on. */
const taken = {
  state: 'acknowledged' as const,
  acknowledged: { by: wang, at },
  assignee: wang,
  history: [click],
};

describe('what a person did, without a model', () => {
  const config = ConfigSchema.parse({});

  it('is told at once, and nothing else sooner than before', async () => {
    const driver = new Driver({ config });
    await driver.batch([incident()]);
    driver.take();
    const series = { startAt: sampleTime, stepMs: 15_000, counts: [2] };
    const known = { ...taken, series, labels: { component: 'database' } };
    await driver.batch([incident({ revision: 2, count: 2, ...known })]);
    expect(driver.take()).toEqual([expect.objectContaining({ revision: 2, materialRevision: 1, ...known })]);
    await driver.batch([incident({ revision: 3, count: 3, ...taken })]);
    expect(driver.take()).toEqual([]);
    driver.takeOver();
    await driver.batch([incident({ revision: 4, count: 4, ...taken })]);
    expect(driver.take()).toEqual([]);
    await driver.tick(5000);
    expect(driver.take()).toMatchObject([{ revision: 3, count: 4, state: 'acknowledged' }]);
    const history = [click, { ...click, id: 'click-2', action: 'silence-1h' as const }];
    await driver.batch([incident({ revision: 5, count: 5, ...taken, history })]);
    expect(driver.take()).toMatchObject([{ revision: 4, history }]);
  });

  it.each(['quiet', 'line', 'person', 'capacity'])('or what else resolved it: %s', async (resolvedBy) => {
    const driver = new Driver({ config });
    await driver.batch([incident({ state: 'resolved', resolvedAt: at, resolvedBy })]);
    expect(driver.take()).toMatchObject([{ state: 'resolved', resolvedBy }]);
  });
});

describe('what a person did, with a model', () => {
  const model = 'qwen3:8b';
  const said = { kind: 'answer', answer } as const;
  let ollama: OllamaStandIn;
  let driver: Driver;
  beforeEach(async () => {
    ollama = await startOllama({ models: [model], reply: () => said });
    const config = ConfigSchema.parse({ language: 'en', ollama: { url: ollama.url, model } });
    driver = await new Driver({ config }).ready();
  });
  afterEach(async () => {
    driver.takeOver(); // aborts what is under way
    await ollama.close();
  });

  it('is told while the model thinks, and its late answer after that; it is nothing to ask about', async () => {
    ollama.script({ ...said, delayMs: 200 });
    await driver.batch([incident()]);
    await driver.tick(20_000);
    await driver.batch([incident({ revision: 2, count: 2, ...taken })]);
    expect(driver.take()).toMatchObject([
      { revision: 1, reasoning: 'pending', state: 'open' },
      { revision: 2, reasoning: 'pending', state: 'acknowledged' },
    ]);
    await driver.settle();
    expect(driver.take()).toMatchObject([
      { revision: 3, reasoning: 'model', state: 'acknowledged', assignee: wang },
    ]);
    expect(ollama.requests).toHaveLength(1);
  });

  it('is told while a finding is held, with what the model said before', async () => {
    await driver.batch([incident()]);
    await driver.settle();
    driver.take();
    ollama.script({ ...said, delayMs: 200 });
    const grown = { revision: 2, materialRevision: 2, count: 10 };
    await driver.batch([incident(grown)]);
    expect(driver.take()).toEqual([]);
    await driver.batch([incident({ ...grown, revision: 3, ...taken })]);
    expect(driver.take()).toMatchObject([
      { revision: 2, state: 'acknowledged', count: 10, conclusion: { summary: answer.summary } },
    ]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ revision: 3, state: 'acknowledged', reasoning: 'model' }]);
    expect(ollama.requests).toHaveLength(2);
  });
});
