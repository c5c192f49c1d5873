import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openRunbooks, type RunbooksOptions } from './open.ts';
import type { Runbooks } from './port.ts';
import { ngramEmbedder } from './testing/ngram-embedder.ts';

let folder: string;
let lines: string[];
let runbooks: Runbooks | undefined;
const soon = { timeout: 10_000, interval: 20 };
const forever = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logpatrol-open-'));
  lines = [];
  write('disk', '磁盘满', 'No space left on device');
});
afterEach(async () => {
  await runbooks?.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, title: string, text: string): void {
  mkdirSync(join(folder, 'books'), { recursive: true });
  writeFileSync(join(folder, 'new'), `---\ntitle: ${title}\n---\n\n## 症状\n\n${text}\n`);
  renameSync(join(folder, 'new'), join(folder, 'books', `${name}.md`));
}

async function open(more: Partial<RunbooksOptions> = {}): Promise<Runbooks> {
  const config = {
    runbooks: { paths: [join(folder, 'books')], shipped: false },
    dataDir: join(folder, 'data'),
  };
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  runbooks = await openRunbooks({ config, logger, ...more });
  return runbooks;
}

const names = (of: Runbooks): string[] => of.all().map(({ name }) => name);
const said = (text: string): number => lines.filter((line) => line.includes(text)).length;

describe('runbooks in a running service', () => {
  it('are those of the files, without the broken ones, which are told', async () => {
    write('pool', '连接池耗尽', 'HikariPool');
    writeFileSync(join(folder, 'books', 'broken.md'), 'no front matter');
    const opened = await open();
    expect(names(opened)).toEqual(['disk', 'pool']);
    expect(opened.find({ text: 'hikaripool', limit: 5 })).toMatchObject([
      { name: 'pool', foundBy: 'search' },
    ]);
    expect(said('broken.md:1: there is no front matter')).toBe(1);
    expect(said('found by their words alone')).toBe(1);
  });

  it('follow their files; one that breaks stays as it was, and that is said once', async () => {
    const opened = await open({ pollMs: 200 });
    write('disk', '磁盘空间已满', 'quota exceeded');
    write('pool', '连接池耗尽', 'HikariPool');
    await vi.waitFor(() => {
      expect(names(opened)).toEqual(['disk', 'pool']);
      expect(opened.find({ text: 'quota', limit: 1 })[0]?.title).toBe('磁盘空间已满');
    }, soon);
    writeFileSync(join(folder, 'books', 'disk.md'), '---\ntitle: [\n---\nx');
    await vi.waitFor(() => expect(said('that of before stays in force')).toBe(1), soon);
    expect(opened.find({ text: 'quota', limit: 1 })[0]?.name).toBe('disk');
    write('other', '其他', 'something else');
    await vi.waitFor(() => expect(names(opened)).toEqual(['disk', 'other', 'pool']), soon);
    expect(said('that of before stays in force')).toBe(1);
    rmSync(join(folder, 'books', 'disk.md'));
    rmSync(join(folder, 'books', 'pool.md'));
    await vi.waitFor(() => expect(names(opened)).toEqual(['other']), soon);
    renameSync(join(folder, 'books'), join(folder, 'gone'));
    await vi.waitFor(() => expect(said('cannot read runbooks')).toBeGreaterThan(0), soon);
    expect(names(opened)).toEqual(['other']);
  });

  it('may be none at all', async () => {
    rmSync(join(folder, 'books'), { recursive: true });
    const opened = await open();
    expect(opened.all()).toEqual([]);
    expect(await opened.search({ text: '磁盘', limit: 3 }, forever)).toEqual([]);
  });
});

describe('vectors of runbooks', () => {
  it('are made in the background, and take part in a search', async () => {
    write('pool', '连接池', 'connection not available');
    const registry = new Registry();
    const opened = await open({ embedder: ngramEmbedder(), metrics: registry, vectorsMs: 5000 });
    const query = { text: 'xxconnection', limit: 2 };
    expect(opened.find(query)).toEqual([]);
    const [hit] = await opened.search(query, forever);
    expect(hit).toMatchObject({ name: 'pool', similarity: expect.any(Number) });
    const metrics = await registry.metrics();
    expect(metrics).toContain('logpatrol_runbook_sections_embedded 2');
    expect(metrics).toContain('logpatrol_runbook_search_seconds_count{by="both"} 1');
    expect(metrics).toContain('logpatrol_runbook_search_seconds_count{by="words"} 1');
  });

  it('are made once for a text and a model, over starts too', async () => {
    const first = ngramEmbedder();
    await (await open({ embedder: first, vectorsMs: 5000 })).close();
    expect(first.asked.flat()).toHaveLength(1);
    write('pool', '连接池', 'connection not available');
    const second = ngramEmbedder();
    await (await open({ embedder: second, vectorsMs: 5000 })).close();
    expect(second.asked.flat()).toEqual([expect.stringContaining('连接池')]);
    const other = ngramEmbedder('another model');
    await (await open({ embedder: other, vectorsMs: 5000 })).close();
    expect(other.asked.flat()).toHaveLength(2);
  });

  it('are made again where their file is damaged, and not kept where it cannot be written', async () => {
    await (await open({ embedder: ngramEmbedder(), vectorsMs: 5000 })).close();
    const cache = join(folder, 'data', 'cache');
    const [file = ''] = readdirSync(cache);
    for (const content of [
      '',
      'nonsense',
      '{"magic":"logpatrol-vectors-1","model":"ngrams","dimension":9}\nshort',
    ]) {
      writeFileSync(join(cache, file), content);
      const embedder = ngramEmbedder();
      await (await open({ embedder, vectorsMs: 5000 })).close();
      expect(embedder.asked.flat()).toHaveLength(1);
    }
    rmSync(cache, { recursive: true });
    writeFileSync(cache, 'a file in the place of the folder');
    const opened = await open({ embedder: ngramEmbedder(), vectorsMs: 5000 });
    expect((await opened.search({ text: 'space', limit: 1 }, forever))[0]?.similarity).toBeDefined();
    await opened.close();
    expect(said('vectors are not kept')).toBe(1);
  });

  it.each(['failing', 'wrong'] as const)(
    'are done without where the model is %s, which is said once',
    async (how) => {
      const embedder = ngramEmbedder();
      embedder.behave(how);
      const opened = await open({ embedder, vectorsMs: 5000 });
      for (let search = 0; search < 3; search++)
        expect(await opened.search({ text: 'no space left', limit: 1 }, forever)).toMatchObject([
          { name: 'disk' },
        ]);
      expect(said('while the embedding model fails')).toBe(1);
    },
  );

  it('are not waited for longer than is said, nor asked for again at once', async () => {
    const embedder = ngramEmbedder();
    const opened = await open({ embedder, vectorsMs: 5000, queryMs: 50 });
    embedder.behave('silent');
    const before = embedder.asked.length;
    const [hit] = await opened.search({ text: 'no space left', limit: 1 }, forever);
    expect(hit).toMatchObject({ name: 'disk' });
    expect(hit).not.toHaveProperty('similarity');
    await opened.search({ text: 'no space left', limit: 1 }, forever);
    expect(embedder.asked.length).toBe(before + 1);
  });

  it('do not hold up whoever gives up, and that says nothing of the model', async () => {
    const embedder = ngramEmbedder();
    const opened = await open({ embedder, vectorsMs: 5000 });
    embedder.behave('silent');
    const leaving = new AbortController();
    const searching = opened.search({ text: 'no space left', limit: 1 }, leaving.signal);
    leaving.abort();
    expect(await searching).toMatchObject([{ name: 'disk' }]);
    embedder.behave('well');
    expect((await opened.search({ text: 'no space left', limit: 1 }, forever))[0]).toHaveProperty(
      'similarity',
    );
    expect(said('while the embedding model fails')).toBe(0);
  });
});
