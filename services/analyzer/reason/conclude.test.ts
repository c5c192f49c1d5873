import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Incident } from '#shared/model/index.ts';
import { createMasker } from '#shared/text/masking/index.ts';
import { sampleTime } from '#test/samples/hit.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { type OllamaStandIn, sampleReply, startOllama } from '#test/stand-ins/ollama/index.ts';
import { conclude, type Outcome } from './conclude.ts';
import { noContext } from './context.ts';
import type { ReasoningModel } from './model.ts';
import { ollamaModel } from './providers/ollama.ts';
import { TokenEstimate } from './tokens.ts';

const name = 'qwen3:8b';
const answer = {
  verdict: 'actionable',
  summary: 'The pool is exhausted.',
  cause: 'Connections leak.',
  evidence: ['L1'],
  actions: [{ text: 'Look at pg_stat_activity.', from: 'own' }],
  severity: 'critical',
  confidence: 80,
};

const base = {
  language: 'en',
  context: noContext,
  neighbours: [],
  shape: 'shape-1',
  masker: createMasker(),
  now: sampleTime,
} as const;

describe('conclude, with Ollama', () => {
  let ollama: OllamaStandIn;
  beforeEach(async () => {
    ollama = await startOllama({ models: [name], reply: () => ({ kind: 'answer', answer }) });
  });
  afterEach(() => ollama.close());

  async function ask(
    changes: Record<string, unknown> = {},
    {
      incident = sampleIncident(),
      signal = new AbortController().signal,
      tokens = new TokenEstimate(),
    }: { incident?: Incident; signal?: AbortSignal; tokens?: TokenEstimate } = {},
  ): Promise<Outcome> {
    const config = ConfigSchema.parse({ ollama: { url: ollama.url, model: name, ...changes } }).ollama;
    if (!config) throw new Error('no model is configured');
    return conclude(
      incident,
      {
        ...base,
        model: ollamaModel(config),
        tokens,
      },
      signal,
    );
  }

  it('concludes with ids of lines, the model, time and tokens', async () => {
    const verdict = await ask();
    expect(verdict).toMatchObject({
      kind: 'concluded',
      conclusion: {
        verdict: 'actionable',
        summary: answer.summary,
        cause: answer.cause,
        proven: true,
        evidence: [{ id: 'line-1', host: 'db-1', text: 'FATAL: too many connections' }],
        actions: [{ text: 'Look at pg_stat_activity.' }],
        severity: 'critical',
        confidence: 0.8,
        shape: 'shape-1',
        answeredAt: expect.any(String),
        model: name,
        promptTokens: expect.any(Number),
        outputTokens: expect.any(Number),
      },
    });
  });

  it.each(['critical', 'info'] as const)(
    'has a usable answer from the stand-in without a script: %s',
    async (severity) => {
      const unscripted = await startOllama({ models: [name], reply: sampleReply() });
      const verdict = await ask({ url: unscripted.url }, { incident: sampleIncident({ severity }) });
      await unscripted.close();
      expect(verdict).toMatchObject({
        kind: 'concluded',
        conclusion: { severity, evidence: [{ id: 'line-1' }] },
      });
    },
  );

  it('sets the context window, forbids silent cutting, bounds the output and keeps the model loaded', async () => {
    await ask({ contextTokens: 6000 });
    expect(ollama.requests[0]?.body).toMatchObject({
      truncate: false,
      keep_alive: '30m',
      options: { num_ctx: 6000, num_predict: 2000 },
      format: { type: 'object' },
    });
  });

  it('fits any incident into the smallest window', async () => {
    const [exemplar] = sampleIncident().exemplars;
    if (!exemplar) throw new Error('no exemplar');
    const exemplars = Array.from({ length: 5 }, (_, index) => ({
      ...exemplar,
      id: `line-${index}`,
      text: `0x${'7f3a9b'.repeat(30_000)}`,
      before: Array(100).fill('一二三四五'.repeat(200)),
    }));
    const verdict = await ask({ contextTokens: 2048 }, { incident: sampleIncident({ exemplars }) });
    expect(verdict.kind).toBe('concluded');
    expect(ollama.requests).toHaveLength(1);
  });

  it.each(['field', 'content'] as const)('leaves out thinking in the %s', async (thinkingIn) => {
    ollama.script({ kind: 'answer', answer, thinking: '{"summary":"secret thoughts"}', thinkingIn });
    const verdict = await ask();
    expect(verdict.kind).toBe('concluded');
    expect(JSON.stringify(verdict)).not.toContain('secret thoughts');
  });

  it('asks once more, for a shorter answer, where one was cut by its length', async () => {
    ollama.script({ kind: 'answer', answer, blanks: 5000 });
    expect((await ask()).kind).toBe('concluded');
    const [first, second] = ollama.requests.map(({ body }) => body);
    expect(second?.messages[0]?.content).toContain('Be very short');
    expect(JSON.stringify(second?.messages).length).toBeLessThanOrEqual(
      JSON.stringify(first?.messages).length + 200,
    );
    expect(JSON.stringify(second?.format)).toContain('"maxLength":100');

    ollama.script({ kind: 'answer', answer, blanks: 5000 }, { kind: 'answer', answer, blanks: 5000 });
    expect((await ask()).kind).toBe('unusable');
    expect(ollama.requests).toHaveLength(4);
  });

  it('passes on that there is no model', async () => {
    expect(await ask({ model: 'other:1b' })).toMatchObject({ kind: 'absent' });
  });

  it('learns from a prompt that was refused: the next ones fit at once', async () => {
    const tokens = new TokenEstimate();
    const [exemplar] = sampleIncident().exemplars;
    if (!exemplar) throw new Error('no exemplar');
    const text = 'connection refused by upstream\n'.repeat(5000);
    const incident = sampleIncident({ exemplars: [{ ...exemplar, text }] });
    // As a vocabulary would make it that has far fewer words than any in use.
    const dense: ReasoningModel = {
      name: 'dense',
      digest: undefined,
      contextTokens: 8192,
      prepare: async () => ({ kind: 'ready' }),
      complete: async ({ system, prompt }) => {
        const promptTokens = system.length + prompt.length;
        if (promptTokens > 8192 - 2048) return { kind: 'too-long' };
        const said = { ...answer, actions: [] };
        return { kind: 'text', text: JSON.stringify(said), model: 'dense', promptTokens, outputTokens: 100 };
      },
    };
    const kinds: string[] = [];
    for (let times = 0; times < 6; times++) {
      const spied = vi.spyOn(dense, 'complete');
      kinds.push(
        (await conclude(incident, { ...base, model: dense, tokens }, new AbortController().signal)).kind,
      );
      kinds.push(String(spied.mock.calls.length));
      spied.mockRestore();
    }
    expect(kinds.slice(-2)).toEqual(['concluded', '1']);
  });
});
