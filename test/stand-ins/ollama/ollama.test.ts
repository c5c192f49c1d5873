import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type OllamaStandIn, type OllamaStandInOptions, startOllama } from './index.ts';

const model = 'qwen3:8b';
const messages = [{ role: 'user', content: 'why?' }];
const schema = {
  type: 'object',
  properties: { why: { type: 'string', maxLength: 20 } },
  required: ['why'],
  additionalProperties: false,
};
const answer = { kind: 'answer', answer: { why: 'because' } } as const;

describe('the stand-in Ollama', () => {
  const started: OllamaStandIn[] = [];
  afterEach(async () => {
    for (const one of started.splice(0)) await one.close();
  });

  async function start(options?: OllamaStandInOptions): Promise<OllamaStandIn> {
    const standIn = await startOllama({ models: [model], ...options });
    started.push(standIn);
    return standIn;
  }

  const post = (ollama: OllamaStandIn, body: unknown, init: RequestInit = {}) =>
    fetch(`${ollama.url}/api/chat`, { method: 'POST', body: JSON.stringify(body), ...init });

  it.each([
    ['no model', 400, { messages }, 'model is required'],
    ['an unknown model', 404, { model: 'x', messages }, "model 'x' not found"],
    ['an option of the wrong type', 500, { model, messages, options: { num_ctx: 'many' } }, 'num_ctx'],
    ['a bad schema', 500, { model, messages, format: 7 }, 'format'],
    [
      'an unanchored pattern',
      500,
      { model, messages, format: { type: 'string', pattern: 'a+' } },
      'pattern must start with ^',
    ],
    [
      'too long a prompt that may not be cut',
      400,
      { model, messages: [{ role: 'user', content: 'why? '.repeat(3000) }], truncate: false },
      'the input length exceeds the context length',
    ],
  ])('refuses %s with %i', async (_, status, body, error) => {
    const response = await post(await start(), body);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
  });

  it('refuses a body that is not JSON', async () => {
    const ollama = await start();
    const response = await fetch(`${ollama.url}/api/chat`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
  });

  it('answers whole, with figures, and records what it was asked', async () => {
    const ollama = await start();
    ollama.script(answer);
    const response = await post(ollama, { model, messages, format: schema, stream: false });
    expect(await response.json()).toMatchObject({
      message: { role: 'assistant', content: '{"why":"because"}' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: expect.any(Number),
      eval_count: expect.any(Number),
    });
    expect(ollama.requests).toMatchObject([{ path: '/api/chat', status: 200, aborted: false }]);
  });

  it('streams lines whose pieces make up the answer', async () => {
    const ollama = await start();
    ollama.script(answer);
    const text = await (await post(ollama, { model, messages, format: schema })).text();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.message.content).join('')).toBe('{"why":"because"}');
    expect(lines.filter((line) => line.done)).toEqual([lines.at(-1)]);
    expect(lines.at(-1)).toMatchObject({ done_reason: 'stop', message: { content: '' } });
  });

  it('cuts an over-long prompt silently where it may', async () => {
    const ollama = await start();
    ollama.script(answer);
    const long = [{ role: 'user', content: 'why? '.repeat(9000) }];
    const response = await post(ollama, { model, messages: long, stream: false, options: { num_ctx: 100 } });
    expect(await response.json()).toMatchObject({ prompt_eval_count: 100 });
  });

  it('cuts an answer at num_predict, which leaves no JSON, with status 200', async () => {
    const ollama = await start();
    ollama.script({ ...answer, blanks: 50 });
    const response = await post(ollama, {
      model,
      messages,
      format: schema,
      stream: false,
      options: { num_predict: 9 },
    });
    expect(response.status).toBe(200);
    const body = z
      .object({ done_reason: z.string(), message: z.object({ content: z.string() }) })
      .parse(await response.json());
    expect(body.done_reason).toBe('length');
    expect(() => JSON.parse(body.message.content)).toThrow();
  });

  it('never lets out what the schema forbids', async () => {
    const ollama = await start();
    ollama.script({ kind: 'answer', answer: { why: 'x'.repeat(21) } });
    const response = await post(ollama, { model, messages, format: schema, stream: false });
    expect(response.status).toBe(500);
  });

  it('loads a model for an empty message list', async () => {
    const response = await post(await start(), { model, stream: false, keep_alive: '10m' });
    expect(await response.json()).toMatchObject({ done: true, done_reason: 'load' });
  });

  it('dies with 500, and in a stream with 200 and an error line', async () => {
    const ollama = await start();
    ollama.script({ kind: 'runner-death' }, { kind: 'runner-death' });
    expect((await post(ollama, { model, messages, stream: false })).status).toBe(500);
    const streamed = await post(ollama, { model, messages });
    expect(streamed.status).toBe(200);
    expect((await streamed.text()).trimEnd().split('\n').at(-1)).toMatch(/^\{"error":/);
  });

  it('refuses with 503 when its queue is full, and is free once a client has gone', async () => {
    const ollama = await start({ parallel: 1, maxWaiting: 0 });
    ollama.script({ kind: 'hang' }, answer, answer);
    const leaving = new AbortController();
    const hanging = post(ollama, { model, messages, stream: false }, { signal: leaving.signal });
    await expect.poll(() => ollama.running()).toBe(1);
    expect((await post(ollama, { model, messages, stream: false })).status).toBe(503);
    leaving.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(() => ollama.running()).toBe(0);
    expect((await post(ollama, { model, messages, stream: false })).status).toBe(200);
    expect(ollama.requests[0]).toMatchObject({ aborted: true });
  });

  it('says its version and its models, whose digest changes with what is pulled', async () => {
    const { url, models } = await start();
    expect(await (await fetch(`${url}/api/version`)).json()).toEqual({ version: '0.17.0' });
    const digest = async () => {
      const tags = z
        .object({ models: z.array(z.object({ name: z.literal(model), digest: z.string().length(64) })) })
        .parse(await (await fetch(`${url}/api/tags`)).json());
      return tags.models[0]?.digest;
    };
    const before = await digest();
    expect(await digest()).toBe(before);
    models.replace(model);
    expect(await digest()).not.toBe(before);
  });

  it('shows what a model can do, and refuses thinking where it cannot', async () => {
    const ollama = await start({
      models: [
        { name: 'thinker', capabilities: ['completion', 'thinking'], contextLength: 2048 },
        { name: 'plain' },
        { name: 'prude', refusesThink: true },
        { name: 'vectors', capabilities: ['embedding'] },
      ],
    });
    const shown = await fetch(`${ollama.url}/api/show`, {
      method: 'POST',
      body: JSON.stringify({ model: 'thinker' }),
    });
    expect(await shown.json()).toMatchObject({
      capabilities: ['completion', 'thinking'],
      model_info: { 'standin.context_length': 2048 },
    });
    const ask = async (name: string, think: boolean) => {
      ollama.script(answer);
      return (await post(ollama, { model: name, messages, think, stream: false })).status;
    };
    expect(await ask('thinker', true)).toBe(200);
    expect(await ask('plain', true)).toBe(400);
    expect(await ask('plain', false)).toBe(200);
    expect(await ask('prude', false)).toBe(400);
    expect((await post(ollama, { model: 'vectors', messages })).status).toBe(400);
  });

  it('cuts a context that is more than the model has', async () => {
    const ollama = await start({ models: [{ name: model, contextLength: 64 }] });
    ollama.script(answer);
    const long = [{ role: 'user', content: 'why? '.repeat(500) }];
    const body = { model, messages: long, stream: false, options: { num_ctx: 100_000 } };
    expect(await (await post(ollama, body)).json()).toMatchObject({ prompt_eval_count: 64 });
    expect((await post(ollama, { ...body, truncate: false })).status).toBe(400);
  });

  it('loads slowly once, keeps for its time, and loads anew for another context', async () => {
    const ollama = await start({ models: [{ name: model, loadMs: 60 }] });
    const Figures = z.object({ load_duration: z.number() });
    const ask = async (context: number, keep_alive: string | number = '10m') => {
      ollama.script(answer);
      const options = { num_ctx: context };
      const response = await post(ollama, { model, messages, stream: false, keep_alive, options });
      return Figures.parse(await response.json()).load_duration / 1e6;
    };
    expect(await ask(1000)).toBeGreaterThanOrEqual(50);
    expect(await ask(1000)).toBeLessThan(50);
    expect(await ask(2000, 0)).toBeGreaterThanOrEqual(50);
    expect(await (await fetch(`${ollama.url}/api/ps`)).json()).toEqual({ models: [] });
    expect(ollama.models.loads).toBe(2);
    expect((await post(ollama, { model, messages: [], keep_alive: 'soon' })).status).toBe(400);
    await post(ollama, { model, messages: [], keep_alive: -1 });
    expect(await (await fetch(`${ollama.url}/api/ps`)).json()).toMatchObject({
      models: [{ name: model, context_length: 4096 }],
    });
    expect(ollama.loads).toMatchObject([{ status: 400 }, { status: 200 }]);
  });

  it('counts thoughts as output', async () => {
    const ollama = await start();
    ollama.script({ ...answer, thinking: 'because of this and of that '.repeat(20) });
    const response = await post(ollama, { model, messages, stream: false, options: { num_predict: 20 } });
    expect(await response.json()).toMatchObject({
      done_reason: 'length',
      eval_count: 20,
      message: { content: '', thinking: expect.stringContaining('because') },
    });
  });

  it('ends a stream in the middle where it is told to', async () => {
    const ollama = await start();
    ollama.script({ kind: 'broken-stream' });
    const response = await post(ollama, { model, messages });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('embeds, in unit length, alike for what has words in common', async () => {
    const ollama = await start({ models: [{ name: 'e', capabilities: ['embedding'], dimension: 32 }] });
    const embed = async (input: unknown, more = {}) =>
      fetch(`${ollama.url}/api/embed`, {
        method: 'POST',
        body: JSON.stringify({ model: 'e', input, ...more }),
      });
    const { embeddings } = z
      .object({ embeddings: z.array(z.array(z.number()).length(32)).length(3) })
      .parse(await (await embed(['disk full on sda', 'the disk sda is full', '连接被拒绝'])).json());
    const similarity = (a: number, b: number) =>
      (embeddings[a] ?? []).reduce((sum, part, index) => sum + part * (embeddings[b]?.[index] ?? 0), 0);
    expect(similarity(0, 0)).toBeCloseTo(1, 6);
    expect(similarity(0, 1)).toBeGreaterThan(similarity(0, 2));
    expect(await (await embed('')).json()).toMatchObject({ embeddings: [] });
    expect((await embed('x '.repeat(5000), { truncate: false })).status).toBe(400);
    expect((await embed('x '.repeat(5000))).status).toBe(200);
    expect((await embed(7)).status).toBe(400);
  });
});
