import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import type { Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { type OllamaStandIn, sampleReply, startOllama } from '#test/stand-ins/ollama/index.ts';
import { conclude, type Verdict } from './conclude.ts';
import { ollamaModel } from './providers/ollama.ts';
import { readRunbook } from './runbook.ts';

const name = 'qwen3:8b';
const answer = {
  summary: 'The pool is exhausted.',
  cause: 'Connections leak.',
  evidence: ['L1'],
  actions: ['Look at pg_stat_activity.'],
  severity: 'critical',
  confidence: 80,
};

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
      runbook = async () => undefined,
    }: {
      incident?: Incident;
      signal?: AbortSignal;
      runbook?: (name: string) => Promise<string | undefined>;
    } = {},
  ): Promise<Verdict> {
    const config = ConfigSchema.parse({ ollama: { url: ollama.url, model: name, ...changes } }).ollama;
    if (!config) throw new Error('no model is configured');
    return conclude(incident, { model: ollamaModel(config), language: 'en', runbook }, signal);
  }

  it('concludes with ids of lines, the model, time and tokens', async () => {
    const verdict = await ask();
    expect(verdict).toMatchObject({
      kind: 'concluded',
      conclusion: {
        ...answer,
        evidence: ['line-1'],
        confidence: 0.8,
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
      expect(verdict).toMatchObject({ kind: 'concluded', conclusion: { severity, evidence: ['line-1'] } });
    },
  );

  it('sets the context window, forbids silent cutting, bounds the output and keeps the model loaded', async () => {
    await ask({ contextTokens: 6000 });
    expect(ollama.requests[0]?.body).toMatchObject({
      stream: false,
      truncate: false,
      think: false,
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

  it.each([
    ['a model that is not there', { model: 'other:1b' }, 'ollama pull other:1b'],
    ['a server that is not there', { url: 'http://127.0.0.1:9' }, 'does not answer'],
  ])('takes %s for absent', async (_, changes, reason) => {
    expect(await ask(changes)).toEqual({ kind: 'absent', reason: expect.stringContaining(reason) });
  });

  it("takes a proxy's error page for absent, and prints nothing", async () => {
    const print = vi.spyOn(console, 'log');
    ollama.script({ kind: 'proxy-error' });
    expect(await ask()).toMatchObject({ kind: 'absent', reason: expect.stringContaining('502') });
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  it('tries again where the queue is full', async () => {
    ollama.script({ kind: 'queue-full' });
    expect((await ask()).kind).toBe('concluded');
    expect(ollama.requests.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('takes the death of the runner for a failure of this call', async () => {
    ollama.script({ kind: 'runner-death' });
    expect(await ask()).toMatchObject({ kind: 'failed', reason: expect.stringContaining('terminated') });
    expect((await ask()).kind).toBe('concluded');
  });

  it('gives a call up after its time, and frees the server', async () => {
    ollama.script({ kind: 'hang' });
    expect(await ask({ timeoutSeconds: 1 })).toEqual({ kind: 'failed', reason: 'no answer within 1 s' });
    await expect.poll(() => ollama.running()).toBe(0);
  });

  it('gives a call up when the partition is lost, and frees the server', async () => {
    ollama.script({ kind: 'hang' });
    const lost = new AbortController();
    const asked = ask({}, { signal: lost.signal });
    await expect.poll(() => ollama.running()).toBe(1);
    lost.abort();
    expect((await asked).kind).toBe('failed');
    await expect.poll(() => ollama.running()).toBe(0);
  });

  describe('and a runbook', () => {
    let outside: string;
    let folder: string;
    beforeEach(async () => {
      outside = await mkdtemp(join(tmpdir(), 'logpatrol-runbooks-'));
      folder = join(outside, 'runbooks');
      await mkdir(folder);
      await writeFile(join(outside, 'secret.md'), 'secret');
    });
    afterEach(() => rm(outside, { recursive: true }));

    it('quotes the one that the rule names, without its front matter', async () => {
      await writeFile(join(folder, 'pool.md'), '---\ntitle: Pool\n---\n# Pool\nKill idle sessions.\n');
      const incident = sampleIncident({ runbook: 'pool' });
      await ask({}, { incident, runbook: (runbook) => readRunbook(folder, runbook) });
      const prompt = ollama.requests[0]?.body?.messages[1]?.content;
      expect(prompt).toContain('<<<RUNBOOK>>>\n# Pool\nKill idle sessions.');
      expect(prompt).not.toContain('title: Pool');
    });

    it.each(['missing', '../secret', '/etc/passwd', ''])('does without %j', async (runbook) => {
      expect(await readRunbook(folder, runbook)).toBeUndefined();
    });
  });
});
