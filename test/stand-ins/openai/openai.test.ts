import { afterEach, describe, expect, it } from 'vitest';
import { type OpenaiStandIn, type OpenaiStandInOptions, startOpenai } from './index.ts';

const model = 'qwen3-8b';
const messages = [{ role: 'user', content: 'Why? Answer in JSON.' }];
const schema = {
  type: 'object',
  properties: { why: { type: 'string', maxLength: 20 } },
  required: ['why'],
  additionalProperties: false,
};
const bound = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
const answer = { kind: 'answer', answer: { why: 'because' } } as const;

describe('the stand-in of OpenAI-compatible servers', () => {
  let server: OpenaiStandIn;
  afterEach(() => server.close());

  async function ask(body: unknown, options: OpenaiStandInOptions = {}, headers = {}): Promise<Response> {
    server = await startOpenai({ models: [model], reply: () => answer, ...options });
    return fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  it.each([
    ['a body that is not JSON', 400, '{', {}, 'could not parse'],
    ['no messages', 400, { model, messages: [] }, {}, 'messages'],
    ['an unknown role', 400, { model, messages: [{ role: 'robot', content: '' }] }, {}, 'messages.0.role'],
    ['an unknown model', 404, { model: 'x', messages }, {}, 'does not exist'],
    [
      'a form without a schema',
      400,
      { model, messages, response_format: { type: 'json_schema' } },
      {},
      'json_schema',
    ],
    [
      'a form that it does not know',
      400,
      { model, messages, response_format: bound },
      { formats: [] },
      'response_format',
    ],
    [
      'JSON that nobody asked for in words',
      400,
      { model, messages: [{ role: 'user', content: 'why?' }], response_format: { type: 'json_object' } },
      {},
      "the word 'json'",
    ],
    [
      'more than its window',
      400,
      { model, messages, max_tokens: 100 },
      { contextLength: 50 },
      'maximum context length',
    ],
    [
      'a limit by its old name',
      400,
      { model, messages, max_tokens: 9 },
      { isModern: true },
      'max_completion_tokens',
    ],
    ['a wrong key', 401, { model, messages }, { apiKey: 'k' }, 'Incorrect API key'],
  ])('refuses %s with %i', async (_, status, body, options, message) => {
    const response = await ask(body, options);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it('answers with usage and fingerprint, to whoever has the key', async () => {
    const options = { apiKey: 'k' };
    const response = await ask({ model, messages, response_format: bound }, options, {
      authorization: 'Bearer k',
    });
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: '{"why":"because"}' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
      system_fingerprint: expect.any(String),
    });
  });

  it('cuts an answer at its limit, thoughts counted', async () => {
    const reply = () => ({ ...answer, reasoning: 'let me see '.repeat(20) });
    const response = await ask({ model, messages, max_tokens: 10 }, { reply });
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: '' }, finish_reason: 'length' }],
      usage: { completion_tokens: 10 },
    });
  });

  it('never lets out what the schema forbids', async () => {
    const reply = () => ({ kind: 'answer', answer: { why: 'x'.repeat(21) } }) as const;
    expect((await ask({ model, messages, response_format: bound }, { reply })).status).toBe(500);
  });

  it('says how long to wait where it is asked too often', async () => {
    const response = await ask(
      { model, messages },
      { reply: () => ({ kind: 'rate-limited', retryAfter: '7' }) },
    );
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('is free once a client has gone', async () => {
    const leaving = new AbortController();
    server = await startOpenai({ models: [model] });
    const hanging = fetch(`${server.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model, messages }),
      signal: leaving.signal,
    });
    await expect.poll(() => server.running()).toBe(1);
    leaving.abort();
    await expect(hanging).rejects.toThrow();
    await expect.poll(() => server.running()).toBe(0);
    expect(server.requests).toMatchObject([{ aborted: true }]);
  });
});
