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

  it('says its version and its models', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/api/version`)).json()).toEqual({ version: '0.17.0' });
    expect(await (await fetch(`${url}/api/tags`)).json()).toMatchObject({ models: [{ name: model }] });
  });
});
