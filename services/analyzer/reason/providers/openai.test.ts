import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { deadUrl } from '#test/stand-ins/dead-url.ts';
import { type OpenaiStandIn, type OpenaiStandInOptions, startOpenai } from '#test/stand-ins/openai/index.ts';
import { openaiModel } from './openai.ts';
import { answer, forever, request, schema } from './testing/question.ts';

const name = 'qwen3-8b';

describe('openaiModel', () => {
  let server: OpenaiStandIn;
  afterEach(() => server.close());

  async function open(options: OpenaiStandInOptions = {}, changes: Record<string, unknown> = {}) {
    server = await startOpenai({ models: [name], reply: () => answer, ...options });
    const config = ConfigSchema.parse({ openai: { url: server.url, model: name, ...changes } }).openai;
    const warnings: string[] = [];
    const model = openaiModel(config ?? expect.fail('no model'), (warning) => warnings.push(warning));
    return { model, warnings };
  }

  const formats = () => server.requests.map(({ body }) => body.response_format?.type ?? 'plain');

  it('binds the answer to the schema, and tells tokens and the fingerprint', async () => {
    const { model } = await open();
    expect(await model.prepare(forever)).toEqual({ kind: 'ready' });
    expect(await model.complete(request, forever)).toEqual({
      kind: 'text',
      text: '{"why":"because"}',
      model: name,
      digest: 'fp_44709d6fcb',
      promptTokens: expect.any(Number),
      outputTokens: expect.any(Number),
    });
    expect(server.requests[0]?.body).toMatchObject({
      max_tokens: 100,
      response_format: { type: 'json_schema', json_schema: { strict: true, schema } },
    });
  });

  it.each([
    [['json_object'], ['json_schema', 'json_object', 'json_object']],
    [[], ['json_schema', 'json_object', 'plain', 'plain']],
  ] as const)('falls back where the server knows only %j, once', async (known, expected) => {
    const { model, warnings } = await open({ formats: known });
    const before = model.contextTokens;
    server.script({
      kind: 'answer',
      answer: known.length === 0 ? '```json\n{"why":"x"}\n```' : { why: 'x' },
    });
    expect(await model.complete(request, forever)).toMatchObject({ kind: 'text', text: '{"why":"x"}' });
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(formats()).toEqual(expected);
    expect(warnings).toHaveLength(1);
    expect(server.requests.at(-1)?.body.messages[0]?.content).toContain(JSON.stringify(schema));
    // Telling the model of the schema takes room from the prompt.
    expect(model.contextTokens).toBeLessThan(before);
  });

  it('learns that a server wants other names, and nothing else', async () => {
    const { model } = await open({ isModern: true });
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(formats()).toEqual(Array(4).fill('json_schema'));
    const { max_completion_tokens, max_tokens, temperature } = server.requests.at(-1)?.body ?? {};
    expect([max_completion_tokens, max_tokens, temperature]).toEqual([100, undefined, undefined]);
  });

  it('does not take a refusal of something else for one of the form', async () => {
    const { model } = await open();
    server.script(...Array(3).fill({ kind: 'error', status: 400 }));
    expect((await model.complete(request, forever)).kind).toBe('failed');
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(formats().at(-1)).toBe('json_schema');
  });

  it('leaves thoughts out, and says where they left no room for the answer', async () => {
    const { model } = await open();
    server.script({ ...answer, reasoning: 'secret thoughts' });
    const reply = await model.complete(request, forever);
    expect(reply).toMatchObject({ kind: 'text', text: '{"why":"because"}' });
    server.script({ ...answer, reasoning: 'secret thoughts '.repeat(100) });
    expect(await model.complete(request, forever)).toMatchObject({ kind: 'cut', outputTokens: 100 });
  });

  it('says where a prompt is too long, and asks for no more than the server has', async () => {
    const { model, warnings } = await open({ contextLength: 3000 });
    expect(await model.complete({ ...request, prompt: 'why? '.repeat(2000) }, forever)).toEqual({
      kind: 'too-long',
    });
    await model.prepare(forever);
    await model.prepare(forever);
    expect(model.contextTokens).toBe(3000);
    expect(warnings).toEqual([expect.stringMatching(/8192.*no more than 3000/)]);
  });

  it('waits as long as the server says, when it is asked too often', async () => {
    const { model } = await open();
    server.script({ kind: 'rate-limited', retryAfter: '1' });
    const started = performance.now();
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  it('counts a server that wants a long pause as absent, at once', async () => {
    const { model } = await open();
    server.script({ kind: 'rate-limited', retryAfter: '3600' });
    expect(await model.complete(request, forever)).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('429'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('sends the key, and says what to do where it is refused', async () => {
    const { model } = await open({ apiKey: 'right' }, { apiKey: 'wrong' });
    for (const reply of [await model.prepare(forever), await model.complete(request, forever)])
      expect(reply).toEqual({
        kind: 'absent',
        isPermanent: true,
        reason: expect.stringMatching(/401 .*LOGPATROL_OPENAI_API_KEY/),
      });
    await server.close();
    const { model: other } = await open({ apiKey: 'right' }, { apiKey: 'right' });
    expect((await other.complete(request, forever)).kind).toBe('text');
  });

  it('says what to do where the model is not there', async () => {
    const { model, warnings } = await open({}, { model: 'other' });
    expect(await model.prepare(forever)).toEqual({ kind: 'ready' });
    expect(warnings).toEqual([expect.stringContaining('lists no model other')]);
    expect(await model.complete(request, forever)).toMatchObject({
      kind: 'absent',
      isPermanent: true,
      reason: expect.stringContaining('LOGPATROL_OPENAI_MODEL'),
    });
  });

  it('does without a list of models', async () => {
    const { model } = await open({ hidesModels: true });
    expect(await model.prepare(forever)).toEqual({ kind: 'ready' });
  });

  it.each([
    ['a page of a gateway', { kind: 'gateway-page' }, 'absent'],
    ['an answer that was held back', { kind: 'filtered' }, 'failed'],
  ] as const)('takes %s as it is', async (_, reply, kind) => {
    const { model } = await open();
    server.script(reply);
    expect((await model.complete(request, forever)).kind).toBe(kind);
  });

  it('tries once more after an error of the server, and again while it is overloaded', async () => {
    const { model } = await open();
    server.script({ kind: 'error', status: 500 }, { kind: 'error', status: 503 });
    expect((await model.complete(request, forever)).kind).toBe('text');
    server.script({ kind: 'error', status: 500 }, { kind: 'error', status: 500 });
    expect((await model.complete(request, forever)).kind).toBe('failed');
  });

  it('takes a server that is not there for absent, and says why', async () => {
    const { model } = await open({}, { url: await deadUrl() });
    for (const reply of [await model.prepare(forever), await model.complete(request, forever)])
      expect(reply).toEqual({ kind: 'absent', reason: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('listens to no answer without an end', async () => {
    const endless = createServer((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    }).listen(0, '127.0.0.1');
    await once(endless, 'listening');
    onTestFinished(() => void endless.close());
    const address = endless.address();
    const { model } = await open(
      {},
      { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` },
    );
    expect(await model.complete(request, forever)).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('the answer has more than 4194304 bytes'),
    });
  });

  it('gives a call up after its time or when it is told to, and frees the server', async () => {
    const { model } = await open({ reply: () => ({ kind: 'hang' }) }, { timeoutSeconds: 1 });
    expect(await model.complete(request, forever)).toEqual({
      kind: 'failed',
      reason: 'no answer within 1 s',
    });
    const stop = new AbortController();
    const reply = model.complete(request, stop.signal);
    await expect.poll(() => server.running()).toBe(1);
    stop.abort();
    expect((await reply).kind).toBe('failed');
    await expect.poll(() => server.running()).toBe(0);
  });
});
