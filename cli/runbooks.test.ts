import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './testing/spawn-cli.ts';

const body = '## 症状\n磁盘写不进去\n## 检查\ndf -h\n## 处置\n清理\n## 升级\n找人\n## 回滚\n恢复\n';
let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-cli-runbooks-'));
  mkdirSync(join(cwd, 'books'));
  const file = (name: string, text: string) => writeFileSync(join(cwd, name), text);
  file('books/disk.md', `---\ntitle: 磁盘满\nrules: [mine.full]\n---\n${body}`);
  file('books/pool.md', `---\ntitle: 连接池耗尽\n---\n${body.replaceAll('磁盘', '连接池')}`);
  file('bad.md', '---\ntitle: x\nsevirity: critical\n---\n## 症状\n[x](none.md)\n');
  file(
    'rules.yaml',
    'pack: mine\ntitle: { zh: 我的, en: Mine }\nrules:\n  - id: mine.full\n    title: { zh: 满, en: Full }\n    why: { zh: 满, en: Full }\n    source: own\n    severity: critical\n    keywords: [quota reached]\n    runbook: pool\n    examples: { match: [quota reached], no-match: [all is well] }\n',
  );
  file(
    'logpatrol.yaml',
    'runbooks: { paths: [books], shipped: false }\nrules: { paths: [rules.yaml], shipped: false }\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (...args: string[]) => runCli(['runbooks', ...args], { cwd });

describe('logpatrol runbooks', () => {
  it('search shows sections with their place, and why', async () => {
    const { code, out } = await run('search', '磁盘', 'DISK', '--format', 'json', '--limit', '1');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        title: '磁盘满',
        section: '症状',
        score: expect.any(Number),
        path: 'books/disk.md',
        line: 5,
        name: 'disk',
        foundBy: 'search',
        terms: expect.arrayContaining(['磁盘', 'disk']),
      },
    ]);
    const shown = await run('search', '磁盘满');
    expect(shown.out).toMatch(/^TITLE +SECTION +SCORE +WHY +PATH\n磁盘满 +症状 .*books\/disk\.md:5\n/);
    expect((await run('search', 'zzqqy')).out).toBe('no runbook has anything of this\n');
  });

  it('search --rule begins with what the rule names, then with what lists it', async () => {
    const { out } = await run('search', 'x', '--rule', 'mine.full', '--limit', '7', '--format', 'json');
    const hits: { name: string; foundBy: string }[] = JSON.parse(out);
    expect(hits.map(({ name, foundBy }) => `${name} ${foundBy}`)).toEqual([
      ...Array.from({ length: 5 }, () => 'pool rule'),
      'disk rule',
      'disk rule',
    ]);
    const wrong = await run('search', 'x', '--rule', 'mine.ful');
    expect(wrong).toMatchObject({
      code: 2,
      err: 'logpatrol: there is no rule "mine.ful"; did you mean mine.full?\n',
    });
  });

  it('lint exits with 1 and every mistake, and with 0 where there is none', async () => {
    const bad = await run('lint', 'bad.md', 'books');
    expect(bad.code).toBe(1);
    expect(bad.out).toBe('bad.md:3:1: sevirity: there is no such field; did you mean severity?\n1 mistake\n');
    const json = await run('lint', 'bad.md', '--format', 'json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toEqual({
      runbooks: 0,
      mistakes: [
        { where: 'bad.md:3:1', field: 'sevirity', message: 'there is no such field; did you mean severity?' },
      ],
    });
    expect(await run('lint', 'books')).toMatchObject({ code: 0, out: '2 runbooks: all right\n' });
  });

  it('list shows what is in force', async () => {
    expect((await run('list')).out).toMatch(/^NAME .*\ndisk +磁盘满 .*\npool +连接池耗尽 .*\n$/);
    expect(JSON.parse((await run('list', '--format', 'json')).out)).toMatchObject([
      { name: 'disk', rules: ['mine.full'], sections: ['症状', '检查', '处置', '升级', '回滚'] },
      { name: 'pool' },
    ]);
  });
});
