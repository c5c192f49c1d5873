import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { deadUrl } from '#test/stand-ins/dead-url.ts';
import {
  type ModelSpec,
  type OllamaStandIn,
  type OllamaStandInOptions,
  startOllama,
} from '#test/stand-ins/ollama/index.ts';
import { ollamaModel } from './ollama.ts';
import { answer, forever, request, schema } from './testing/question.ts';

const name = 'qwen3:8b';

describe('ollamaModel', () => {
  let ollama: OllamaStandIn;
  afterEach(() => ollama.close());

  async function open(
    spec: Partial<ModelSpec> = {},
    changes: Record<string, unknown> = {},
    options: OllamaStandInOptions = {},
  ) {
    ollama = await startOllama({ models: [{ name, ...spec }], reply: () => answer, ...options });
    const config = ConfigSchema.parse({ ollama: { url: ollama.url, model: name, ...changes } }).ollama;
    const warnings: string[] = [];
    const model = ollamaModel(config ?? expect.fail('no model'), (warning) => warnings.push(warning));
    return { model, warnings };
  }

  const asked = () => ollama.requests.map(({ body }) => body);

  it('answers with tokens and the digest of the weights, which follows what is pulled', async () => {
    const { model } = await open();
    const digest = async () => {
      const tags: unknown = await (await fetch(`${ollama.url}/api/tags`)).json();
      return /"digest":"([0-9a-f]{64})"/.exec(JSON.stringify(tags))?.[1];
    };
    expect(await model.complete(request, forever)).toEqual({
      kind: 'text',
      text: '{"why":"because"}',
      model: name,
      digest: await digest(),
      promptTokens: expect.any(Number),
      outputTokens: expect.any(Number),
    });
    const before = model.digest;
    ollama.models.replace(name);
    expect(await model.prepare(forever)).toEqual({ kind: 'ready' });
    expect(model.digest).toBe(await digest());
    expect(model.digest).not.toBe(before);
  });

  it('reads the digest anew where a call had to load the model', async () => {
    const { model } = await open({ loadMs: 1100 });
    await model.prepare(forever);
    const before = model.digest;
    ollama.models.replace(name);
    const reply = await model.complete(request, forever);
    expect(reply).toMatchObject({ kind: 'text', digest: model.digest });
    expect(model.digest).not.toBe(before);
  });

  it('sets the context window, forbids silent cutting, bounds the output and keeps the model loaded', async () => {
    const { model } = await open({}, { contextTokens: 6000 });
    await model.prepare(forever);
    await model.complete(request, forever);
    expect(ollama.loads[0]?.body).toMatchObject({
      messages: [],
      keep_alive: '30m',
      options: { num_ctx: 6000 },
    });
    expect(asked()[0]).toMatchObject({
      truncate: false,
      keep_alive: '30m',
      options: { num_ctx: 6000, num_predict: 100 },
      format: schema,
    });
    expect(ollama.models.loads).toBe(1);
  });

  it('uses no more context than the model has, and says so once', async () => {
    const { model, warnings } = await open({ contextLength: 4000 }, { contextTokens: 9000 });
    expect(model.contextTokens).toBe(9000);
    await model.prepare(forever);
    await model.prepare(forever);
    expect(model.contextTokens).toBe(4000);
    expect(warnings).toEqual([expect.stringMatching(/9000.*no more than 4000/)]);
    await model.complete(request, forever);
    expect(asked()[0]?.options).toMatchObject({ num_ctx: 4000 });
  });

  it('says where a prompt is too long, instead of having it cut', async () => {
    const { model } = await open({}, { contextTokens: 2048 });
    const long = { ...request, prompt: 'why? '.repeat(2000) };
    expect(await model.complete(long, forever)).toEqual({ kind: 'too-long' });
    expect(ollama.requests).toMatchObject([{ status: 400 }]);
  });

  it('says where an answer was cut by its length', async () => {
    const { model } = await open();
    ollama.script({ ...answer, blanks: 500 });
    expect(await model.complete(request, forever)).toEqual({
      kind: 'cut',
      promptTokens: expect.any(Number),
      outputTokens: 100,
    });
  });

  it('forbids thinking to a model that can, and does without the parameter where it is refused', async () => {
    const { model } = await open({ capabilities: ['completion', 'thinking'], refusesThink: true });
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(asked().map((body) => body?.think)).toEqual([false, undefined, undefined]);
  });

  it('does not speak of thinking to a model that cannot', async () => {
    const { model } = await open({ capabilities: ['completion'] });
    await model.complete(request, forever);
    expect(asked()[0]?.think).toBeUndefined();
  });

  it.each(['field', 'content'] as const)(
    'gives a model that thinks all the same (%s) the room for it, from then on at once',
    async (thinkingIn) => {
      const { model } = await open({ capabilities: ['completion', 'thinking'] });
      const thoughtful = { ...answer, thinking: 'Let me see what it is. '.repeat(40), thinkingIn };
      ollama.script(thoughtful, thoughtful, thoughtful);
      const first = await model.complete(request, forever);
      expect(first.kind === 'text' && first.text).toContain('{"why":"because"}');
      expect((await model.complete(request, forever)).kind).toBe('text');
      const limits = asked().map((body) => Number(body?.options.num_predict));
      expect(limits[0]).toBe(100);
      expect(Math.min(...limits.slice(1))).toBeGreaterThan(7000);
      expect(Math.max(...limits)).toBeLessThan(8192);
    },
  );

  it('tries again where the queue is full', async () => {
    const { model } = await open();
    ollama.script({ kind: 'queue-full' });
    expect((await model.complete(request, forever)).kind).toBe('text');
    expect(ollama.requests.map(({ status }) => status)).toEqual([503, 200]);
  });

  it.each(['runner-death', 'broken-stream'] as const)('tries once more after a %s', async (kind) => {
    const { model } = await open();
    ollama.script({ kind });
    expect((await model.complete(request, forever)).kind).toBe('text');
    ollama.script({ kind }, { kind });
    expect((await model.complete(request, forever)).kind).toBe('failed');
    expect(ollama.requests).toHaveLength(4);
  });

  it("takes a proxy's page for absent, and prints nothing", async () => {
    const print = vi.spyOn(console, 'log');
    const { model } = await open();
    ollama.script({ kind: 'proxy-error' });
    expect(await model.complete(request, forever)).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('502'),
    });
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  it('takes a server that is not there for absent, and says why', async () => {
    const { model } = await open({}, { url: await deadUrl() });
    for (const reply of [await model.complete(request, forever), await model.prepare(forever)])
      expect(reply).toEqual({
        kind: 'absent',
        reason: expect.stringMatching(/does not answer: .*ECONNREFUSED/),
      });
  });

  it('takes a model that is not there for absent until somebody pulls it', async () => {
    const { model } = await open({}, { model: 'other:1b' });
    for (const reply of [await model.complete(request, forever), await model.prepare(forever)])
      expect(reply).toEqual({
        kind: 'absent',
        isPermanent: true,
        reason: expect.stringContaining('ollama pull other:1b'),
      });
  });

  it('gives a call up after its time, and frees the server', async () => {
    const { model } = await open({}, { timeoutSeconds: 1 });
    ollama.script({ kind: 'hang' });
    expect(await model.complete(request, forever)).toEqual({
      kind: 'failed',
      reason: 'no answer within 1 s',
    });
    await expect.poll(() => ollama.running()).toBe(0);
  });

  it.each(['hang', 'queue-full'] as const)(
    'gives a call up when it is told to, also in a %s',
    async (kind) => {
      const { model } = await open();
      ollama.script({ kind }, { kind: 'hang' });
      const stop = new AbortController();
      const reply = model.complete(request, stop.signal);
      await expect.poll(() => ollama.requests.length).toBe(1);
      stop.abort();
      expect(await reply).toMatchObject({ kind: 'failed' });
      await expect.poll(() => ollama.running()).toBe(0);
    },
  );

  it('waits for a slow load, and stops waiting when it is told to', async () => {
    const { model } = await open({ loadMs: 60_000 });
    const stop = new AbortController();
    const prepared = model.prepare(stop.signal);
    await expect.poll(() => ollama.loads.length).toBe(1);
    stop.abort();
    expect(await prepared).toMatchObject({ kind: 'failed' });
  });
});

/**
 * The same against a real server: `LOGPATROL_TEST_OLLAMA=http://host:11434,model`. The model may be the smallest there is; what
 * it says is not looked at, only how the server behaves.
 */
const [url = '', realModel = ''] = (process.env.LOGPATROL_TEST_OLLAMA ?? ',').split(',');
describe.skipIf(url === '')('ollamaModel with a real server', () => {
  const open = (changes: Record<string, unknown> = {}) => {
    const settings = { url, model: realModel, timeoutSeconds: 600, contextTokens: 2048, ...changes };
    return ollamaModel(ConfigSchema.parse({ ollama: settings }).ollama ?? expect.fail('no model'));
  };

  it('prepares it, answers by the schema and tells tokens and digest', { timeout: 1_200_000 }, async () => {
    const model = open();
    expect(await model.prepare(forever)).toEqual({ kind: 'ready' });
    const reply = await model.complete(request, forever);
    expect(reply).toMatchObject({ kind: 'text', digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    if (reply.kind !== 'text') return;
    expect(JSON.parse(reply.text)).toEqual({ why: expect.any(String) });
    expect(reply.promptTokens).toBeGreaterThan(0);
  });

  it('refuses too long a prompt, and cuts an answer visibly', { timeout: 1_200_000 }, async () => {
    const model = open();
    expect(await model.complete({ ...request, prompt: 'why? '.repeat(4000) }, forever)).toEqual({
      kind: 'too-long',
    });
    expect(await model.complete({ ...request, maxOutputTokens: 2 }, forever)).toMatchObject({ kind: 'cut' });
  });

  it('is free again at once when a call is given up', { timeout: 1_200_000 }, async () => {
    const model = open();
    await model.prepare(forever);
    const stop = AbortSignal.timeout(50);
    const endless = {
      ...request,
      schema: { type: 'array', items: { type: 'string' } },
      maxOutputTokens: 1500,
    };
    expect(await model.complete(endless, stop)).toMatchObject({ kind: 'failed' });
    expect((await model.complete(request, forever)).kind).toBe('text');
  });

  it('says how to get a model that is not there', async () => {
    expect(await open({ model: 'logpatrol-has-no-such-model' }).prepare(forever)).toMatchObject({
      kind: 'absent',
      isPermanent: true,
    });
  });
});
