import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigSchema } from '#shared/config/index.ts';
import { deadUrl } from '#test/stand-ins/dead-url.ts';
import { startOllama } from '#test/stand-ins/ollama/index.ts';
import { ollamaEmbedder } from './ollama-embedder.ts';

const model = 'bge-m3';
const forever = new AbortController().signal;

function embedder(url: string, embeddingModel: string | undefined = model) {
  const config = ConfigSchema.parse({
    ollama: { url, model: 'x', ...(embeddingModel !== '' && { embeddingModel }) },
  });
  return ollamaEmbedder(config);
}

async function standIn() {
  const ollama = await startOllama({ models: [{ name: model, capabilities: ['embedding'], dimension: 16 }] });
  onTestFinished(() => ollama.close());
  return ollama;
}

/** A server that gives these vectors, whatever it is asked. */
async function serverWith(vectors: (count: number) => number[][]): Promise<string> {
  const server = createServer(async (request, response) => {
    const { input }: { input: string[] } = JSON.parse(await text(request));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ embeddings: vectors(input.length) }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('ollamaEmbedder', () => {
  it('is not there without an embedding model', () => {
    expect(embedder('http://127.0.0.1:11434', '')).toBeUndefined();
  });

  it('embeds in batches, in order, empty texts too, and keeps the model loaded', async () => {
    const ollama = await standIn();
    const own = embedder(ollama.url);
    const texts = Array.from({ length: 70 }, (_, index) => (index === 40 ? ' ' : `word${index}`));
    const vectors = await own?.embed(texts, forever);
    expect(vectors).toHaveLength(70);
    expect(ollama.embedded.map((batch) => batch.length)).toEqual([32, 32, 6]);
    expect(await own?.embed(['word41'], forever)).toEqual([vectors?.[41]]);
    const loaded: unknown = await (await fetch(`${ollama.url}/api/ps`)).json();
    expect(loaded).toMatchObject({ models: [{ name: model }] });
    expect(await own?.embed([], forever)).toEqual([]);
  });

  it('tells the server no secret and no person that stands in a log line', async () => {
    const ollama = await standIn();
    await embedder(ollama.url)?.embed(
      ['login of li.lei@example.com failed, password=hunter2-Winter', 'plain words'],
      forever,
    );
    expect(ollama.embedded).toEqual([
      [expect.stringMatching(/^login of \[EMAIL:\w{6}\] failed, password=\[SECRET:\w{6}\]$/), 'plain words'],
    ]);
  });

  it('brings vectors to unit length', async () => {
    const own = embedder(await serverWith((count) => Array(count).fill([3, 4])));
    expect(await own?.embed(['a'], forever)).toEqual([[0.6, 0.8]]);
  });

  it.each([
    ['vectors of another length', (count: number) => Array(count).fill(Array(count).fill(1)), /numbers/],
    ['fewer vectors than texts', () => [[1, 0]], /vectors came back/],
    ['a vector of nothing', (count: number) => Array(count).fill([0, 0]), /no length/],
  ])('refuses %s', async (_, vectors, reason) => {
    const own = embedder(await serverWith(vectors));
    await own?.embed(['a'], forever).catch(() => {}); // sets the dimension, where it gets so far
    await expect(own?.embed(['a', 'b'], forever)).rejects.toThrow(reason);
  });

  it('says what to do where there is nobody, or no such model', async () => {
    await expect(embedder(await deadUrl())?.embed(['a'], forever)).rejects.toThrow('ECONNREFUSED');
    const ollama = await standIn();
    await expect(embedder(ollama.url, 'other')?.embed(['a'], forever)).rejects.toThrow('ollama pull other');
  });

  it('can be given up', async () => {
    const ollama = await startOllama({ models: [{ name: model, loadMs: 60_000 }] });
    onTestFinished(() => ollama.close());
    const stop = new AbortController();
    const vectors = embedder(ollama.url)?.embed(['a'], stop.signal);
    stop.abort(new Error('enough'));
    await expect(vectors).rejects.toThrow('enough');
  });
});
