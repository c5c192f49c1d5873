import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import {
  type ModelSpec,
  type OllamaStandIn,
  type OllamaStandInOptions,
  startOllama,
} from '#test/stand-ins/ollama/index.ts';
import { noContext, noSources } from './context.ts';
import type { ReasonStageOptions } from './stage.ts';
import { sampleAnswer } from './testing/conclusion.ts';
import { Driver } from './testing/driver.ts';

const model = 'qwen3:8b';
const said = { kind: 'answer', answer: sampleAnswer } as const;
const hang = { kind: 'hang' } as const;

/** Incidents of different names are different failures, so that nothing is taken over from another. */
function incident(changes: Partial<Incident> = {}): Incident {
  return sampleIncident({ ...(changes.id !== undefined && { fingerprint: changes.id }), ...changes });
}

describe('reasonStage in trouble', () => {
  let ollama: OllamaStandIn;
  let driver: Driver;
  afterEach(async () => {
    driver.takeOver(); // aborts what is under way
    await ollama.close();
  });

  async function open(
    spec: Partial<ModelSpec> = {},
    more: Partial<ReasonStageOptions> = {},
    options: OllamaStandInOptions = {},
  ): Promise<void> {
    ollama = await startOllama({ models: [{ name: model, ...spec }], reply: () => said, ...options });
    const config = ConfigSchema.parse({
      language: 'en',
      ollama: { url: ollama.url, model },
      reasoning: { concurrency: 1 },
    });
    driver = new Driver({ config, ...more });
  }

  const titles = () =>
    ollama.requests.map(({ body }) => /title: (\w+)/.exec(body?.messages[1]?.content ?? '')?.[1]);
  const findings = () =>
    driver.take().map(({ id, reasoning, reasoningNote }) => [id, reasoning, reasoningNote]);

  it('tells findings while the model is loading, and says so; their conclusions follow', async () => {
    await open({ loadMs: 300 });
    await driver.batch([incident({ id: 'a' })]);
    await driver.tick(3000);
    expect(findings()).toEqual([]); // it might be quick
    await driver.tick(1);
    await driver.batch([incident({ id: 'b' })]);
    const note = 'the model is loading; its answer will follow';
    expect(findings()).toEqual([
      ['a', 'pending', note],
      ['b', 'pending', note],
    ]);
    expect(ollama.requests).toEqual([]);
    await driver.settle();
    expect(findings()).toEqual([
      ['a', 'model', undefined],
      ['b', 'model', undefined],
    ]);
    expect(ollama.models.loads).toBe(1);
  });

  it('tells findings at once where nobody is there, says since when, and has the model loaded when it is back', async () => {
    await open();
    await driver.ready();
    const { url } = ollama;
    await ollama.close();
    const since = new Date(driver.now);
    const clock = `${String(since.getHours()).padStart(2, '0')}:${String(since.getMinutes()).padStart(2, '0')}`;
    await driver.batch([incident({ id: 'a' })]);
    await driver.settle();
    expect(findings()).toEqual([['a', 'unavailable', `the model has not answered since ${clock}`]]);
    await driver.tick(5000);
    await driver.batch([incident({ id: 'b', severity: 'critical' })]);
    expect(findings()).toMatchObject([['b', 'unavailable', expect.stringContaining(clock)]]);

    ollama = await startOllama({ port: Number(new URL(url).port), models: [model], reply: () => said });
    await driver.tick(5000);
    await driver.settle();
    expect(ollama.loads).toHaveLength(1);
    expect(findings()).toEqual([
      ['b', 'model', undefined],
      ['a', 'model', undefined],
    ]);
  });

  it('says at once that the model is not there', async () => {
    await open();
    ollama.models.remove(model);
    await driver.batch([incident()]);
    await driver.settle();
    expect(findings()).toMatchObject([[incident().id, 'unavailable', expect.stringContaining('refuses')]]);
  });

  it('says why there is no answer: busy, over, unusable, failed, too many', async () => {
    await open({}, { maxBytes: 40_000 });
    await driver.ready();
    ollama.script(hang);
    await driver.batch([incident({ id: 'busy' })]);
    await driver.batch([incident({ id: 'over' })]);
    await driver.batch([incident({ id: 'over', revision: 2, materialRevision: 2, state: 'resolved' })]);
    await driver.tick(20_000);
    expect(findings()).toEqual([
      ['over', 'unavailable', 'it was over before the model was asked'],
      ['busy', 'pending', 'the model is busy; its answer will follow'],
    ]);
    const many = Array.from({ length: 30 }, (_, index) => incident({ id: `many${index}`, severity: 'info' }));
    await driver.batch(many);
    const shed = driver.take();
    expect(shed.length).toBeGreaterThan(10);
    for (const { reasoning, reasoningNote } of shed)
      expect([reasoning, reasoningNote]).toEqual(['unavailable', 'not asked: too many incidents wait']);
  });

  it('says that an answer was not usable, or that asking failed', async () => {
    await open();
    await driver.ready();
    const blank = { kind: 'answer', answer: { ...sampleAnswer, summary: '' } } as const;
    ollama.script(blank);
    await driver.batch([incident({ id: 'unusable' })]);
    await driver.settle();
    ollama.script(...Array(4).fill({ kind: 'runner-death' }));
    await driver.batch([incident({ id: 'failed' })]);
    await driver.settle();
    expect(findings()).toEqual([
      ['unusable', 'unavailable', 'the model gave no usable answer'],
      ['failed', 'unavailable', 'asking the model failed'],
    ]);
  });

  it('puts a lesser question off for a critical one, once, and asks it again', async () => {
    const metrics = new Registry();
    await open({}, { metrics });
    await driver.ready();
    ollama.script(hang, said, { ...said, delayMs: 200 }, said);
    await driver.batch([incident({ id: 'a', title: 'Lesser' })]);
    await expect.poll(() => ollama.running()).toBe(1);
    await driver.batch([incident({ id: 'b', title: 'First', severity: 'critical' })]);
    await driver.settleOne();
    await expect.poll(() => ollama.requests[0]?.aborted).toBe(true);
    await driver.settleOne();
    await expect.poll(() => titles()).toEqual(['Lesser', 'First', 'Lesser']);
    // The lesser one runs again, and may now finish.
    await driver.batch([incident({ id: 'c', title: 'Second', severity: 'critical' })]);
    await driver.settle();
    expect(titles()).toEqual(['Lesser', 'First', 'Lesser', 'Second']);
    expect(findings().map(([id, reasoning]) => [id, reasoning])).toEqual([
      ['b', 'model'],
      ['a', 'model'],
      ['c', 'model'],
    ]);
    const text = await metrics.metrics();
    expect(text).toContain('logpatrol_model_preempted_total 1');
    expect(text).not.toContain('outcome="failed"');
    expect(ollama.mostRunning()).toBe(1);
  });

  it('does not put off a warning for a warning, nor one critical for another', async () => {
    await open();
    await driver.ready();
    ollama.script({ ...said, delayMs: 100 });
    await driver.batch([incident({ id: 'a', title: 'One', severity: 'critical' })]);
    await driver.batch([
      incident({ id: 'b', title: 'Two', severity: 'critical' }),
      incident({ id: 'c', title: 'Three' }),
    ]);
    await driver.settle();
    expect(ollama.requests.map(({ aborted }) => aborted)).toEqual([false, false, false]);
    expect(titles()).toEqual(['One', 'Two', 'Three']);
  });

  it('puts nothing off that tries whether questions are answered again', async () => {
    await open();
    await driver.ready();
    ollama.script(...Array(6).fill({ kind: 'runner-death' }), { ...said, delayMs: 300 });
    await driver.batch([incident({ id: 'a' }), incident({ id: 'b', title: 'Trial' })]);
    await driver.settle();
    await driver.tick(10_000);
    await driver.settleOne();
    await expect.poll(() => titles().at(-1)).toBe('Trial');
    await driver.batch([incident({ id: 'c', title: 'Critical', severity: 'critical' })]);
    await driver.settle();
    expect(ollama.requests.some(({ aborted }) => aborted)).toBe(false);
    expect(findings().slice(-2)).toEqual([
      ['b', 'model', undefined],
      ['c', 'model', undefined],
    ]);
  });

  it('tells of an incident that it cannot ask about, and goes on with the others', async () => {
    const gather = async ({ id }: Incident) => {
      if (id === 'odd') throw new Error('a defect');
      return noContext;
    };
    await open({}, { sources: { ...noSources, gather } });
    await driver.ready();
    await driver.batch([incident({ id: 'odd' }), incident({ id: 'other' })]);
    await driver.settle();
    expect(findings()).toEqual([
      ['odd', 'unavailable', 'asking the model failed'],
      ['other', 'model', undefined],
    ]);
  });

  it('shares its calls over partitions, the most severe first wherever it is', async () => {
    await open();
    await driver.ready();
    const other = await driver.another(1).ready();
    expect(ollama.loads).toHaveLength(1);
    ollama.script(hang);
    await driver.batch([incident({ id: 'a', title: 'Hanging' })]);
    await expect.poll(() => ollama.running()).toBe(1);
    await driver.batch([incident({ id: 'b', title: 'Second' })]);
    await other.batch([
      incident({ id: 'c', title: 'First', severity: 'critical' }),
      incident({ id: 'd', title: 'Last', severity: 'info' }),
    ]);
    await expect.poll(() => ollama.requests[0]?.aborted).toBe(true);
    // The first has a slot again, and leaves it to the second, whose question is worse.
    await driver.settle();
    expect(titles()).toEqual(['Hanging']);
    await other.tick(1000);
    for (const each of [other, driver, other, driver, other]) {
      await each.settle();
      await driver.tick(1000);
      await other.tick(1000);
    }
    await driver.settle();
    await other.settle();
    expect(titles()).toEqual(['Hanging', 'First', 'Hanging', 'Second', 'Last']);
    expect(ollama.mostRunning()).toBe(1);
  });

  it('drops a question that waits when its incident is over', async () => {
    await open();
    await driver.ready();
    ollama.script({ ...said, delayMs: 100 });
    await driver.batch([incident({ id: 'a', title: 'One' }), incident({ id: 'b', title: 'Two' })]);
    await driver.batch([
      incident({ id: 'a', title: 'One', revision: 2, materialRevision: 2, state: 'resolved' }),
      incident({ id: 'b', title: 'Two', revision: 2, materialRevision: 2, state: 'resolved' }),
    ]);
    await driver.settle();
    // What was being asked may finish: its answer stands on the end.
    expect(titles()).toEqual(['One']);
    expect(driver.take().map(({ id, conclusion }) => [id, conclusion?.summary])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['a', sampleAnswer.summary],
    ]);
  });

  it('frees the server when the partition is lost', async () => {
    await open();
    await driver.ready();
    ollama.script(hang);
    await driver.batch([incident()]);
    await expect.poll(() => ollama.running()).toBe(1);
    driver.takeOver();
    await expect.poll(() => ollama.running()).toBe(0);
  });

  it('asks when the context is there, and holds the finding meanwhile', async () => {
    const { promise: gathered, resolve } = Promise.withResolvers<typeof noContext>();
    await open({}, { sources: { ...noSources, gather: () => gathered } });
    await driver.ready();
    await driver.batch([incident()]);
    await driver.tick(1000);
    expect([findings(), ollama.requests]).toEqual([[], []]);
    resolve(noContext);
    await driver.settle();
    expect(findings()).toEqual([[incident().id, 'model', undefined]]);
  });

  it('shows what waits and whether the model is away', async () => {
    const metrics = new Registry();
    await open({}, { metrics });
    await driver.ready();
    ollama.script(hang);
    await driver.batch([
      incident({ id: 'a', severity: 'critical' }),
      incident({ id: 'b', severity: 'critical' }),
      incident({ id: 'c' }),
    ]);
    await driver.tick(2000);
    const text = await metrics.metrics();
    expect(text).toContain('logpatrol_reason_waiting_questions{partition="0",severity="critical"} 1');
    expect(text).toContain('logpatrol_reason_waiting_questions{partition="0",severity="warning"} 1');
    expect(text).toContain('logpatrol_reason_oldest_question_seconds{partition="0",severity="critical"} 2');
    expect(text).toContain('logpatrol_model_away 0');
  });

  it('counts answers that were cut', async () => {
    const metrics = new Registry();
    await open({}, { metrics });
    await driver.ready();
    ollama.script({ ...said, blanks: 5000 });
    await driver.batch([incident()]);
    await driver.settle();
    expect(driver.take()).toMatchObject([{ reasoning: 'model' }]);
    expect(await metrics.metrics()).toContain('logpatrol_model_cut_answers_total 1');
  });
});
