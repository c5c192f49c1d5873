import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  elasticsearchSetting,
  embeddedSetting,
  keep,
  type StoreSetting,
  storedLine,
} from '#test/samples/stored.ts';
import { elasticsearchAddress } from '#test/stack/addresses.ts';
import { runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 60_000 });

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-stored-cli-'));
  const pack = (name: string, words: string, severity: string) =>
    writeFileSync(
      join(cwd, `${name}.yaml`),
      `pack: ${name}
title: ${name}
rules:
  - id: ${name}.found
    title: ${name} found it
    why: a test
    source: a test
    severity: ${severity}
    keywords: [${words}]
    examples: { match: ['${words}'], no-match: ['all is well'] }
`,
    );
  pack('extra', 'the cat is out', 'critical');
  pack('quiet', 'no such text', 'critical');
  writeFileSync(join(cwd, 'broken.yaml'), 'pack: broken\n');
});
afterAll(() => rmSync(cwd, { recursive: true }));

const minute = 60_000;
const backtest = ['rules', 'backtest', '--rules'];

describe.each([
  ['embedded', embeddedSetting, true],
  ['elasticsearch', elasticsearchSetting, elasticsearchAddress() !== undefined],
] as const)('commands over stored lines, with the store %s', (_, open, isThere) => {
  describe.skipIf(!isThere)('that has some', () => {
    let setting: StoreSetting;
    const now = Date.now();
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      runCli(args, { cwd, env: { LOGPATROL_LANGUAGE: 'en', ...setting.env, ...env } });
    beforeAll(async () => {
      setting = await open();
      const lines = Array.from({ length: 90 }, (_unused, n) =>
        storedLine(`r${n}`, now - 85 * minute + n * minute, `INFO request ${n} served`),
      );
      lines.push(storedLine('cat', now - 3 * minute, 'ERROR the cat is out \u001b[31m\u202e'));
      await keep(setting.store, lines);
    });
    afterAll(() => setting.remove());

    it('summary prints a page that fits and shows hostile text', async () => {
      const { code, out, err } = await run(['summary', '--service', 'shop']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('shop · ');
      expect(out).toMatch(/^1\d lines, usually 1\d · 1 errors, usually 0$/m);
      expect(out).toContain('New: not in the 6 earlier times compared with');
      expect(out).toMatch(/1 +new +error +ERROR the cat is out/);
      for (const obeyed of ['\u001b', '\u202e']) expect(out).not.toContain(obeyed);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
      const chinese = await run(['summary', '--service', 'shop'], { LOGPATROL_LANGUAGE: 'zh-CN' });
      expect(chinese.out).toContain('1 错误（平时 0）');
    });

    it('summary prints JSON, of what it is asked for', async () => {
      const { code, out } = await run(['summary', '--keyword', 'cat', '--window', '1h', '--format', 'json']);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ lines: 1, errors: 1, first: { id: 'cat' } });
      const past = await run(['summary', '--from', '90m', '--to', '60m', '--format', 'json']);
      expect(JSON.parse(past.out).errors).toBe(0);
    });

    it('summary of a service that does not exist names those that do, and exits with 1', async () => {
      const { code, out } = await run(['summary', '--service', 'shap']);
      expect(code).toBe(1);
      expect(out).toMatch(/No stored lines\.\nServices that have lines in this time:\n\d+ +shop\n/);
    });

    it('backtest shows what a pack adds, and fails where it is told to', async () => {
      const { code, out } = await run([...backtest, 'extra.yaml', '--days', '1']);
      expect(code).toBe(0);
      expect(out).toContain('With extra changed: 1 new, ');
      expect(out).toMatch(/^critical +new +1 +1 +shop +extra\.found/m);
      expect(out).not.toContain('\u001b');
      const fail = await run([...backtest, 'extra.yaml', '--fail-on', 'new-critical', '--format', 'ndjson']);
      expect(fail.code).toBe(1);
      expect(JSON.parse(fail.out.split('\n', 1)[0] ?? '')).toMatchObject({
        change: 'new',
        rule: 'extra.found',
        exemplar: { text: expect.stringContaining('the cat is out') },
      });
      const quiet = await run([...backtest, 'quiet.yaml', '--fail-on', 'any', '--format', 'json']);
      expect(quiet).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(quiet.out)).toMatchObject({ packs: ['quiet'], sums: { new: 0, gone: 0 } });
    });
  });
});

describe('commands over stored lines, where something is wrong', () => {
  it.each([
    [2, ['summary', '--window', 'soon'], '30m'],
    [2, ['summary', '--from', '2026-02-30'], '2026-11-20T08:00'],
    [2, ['summary', '--from', 'yesterday'], '2026-11-20T08:00'],
    [2, ['summary', '--from', '1h', '--to', '2h'], '--from has to be earlier than --to'],
    [2, ['summary', '--from', '2999-01-01'], '--from lies in the future'],
    [2, ['summary', '--history', 'no-such-file'], 'no-such-file'],
    [2, ['rules', 'backtest', '--days', '0'], 'above 0'],
    [2, ['rules', 'backtest', '--rules', 'no-such-pack.yaml'], 'no-such-pack.yaml'],
    [78, ['rules', 'backtest', '--rules', 'broken.yaml'], 'broken.yaml'],
    [78, ['summary'], 'There is no store at'],
  ])('exit code %i for %j', async (expected, args, words) => {
    const { code, err, out } = await runCli(args, { cwd });
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(words);
    expect(err).not.toContain('defect');
  });

  it('an Elasticsearch that does not answer is told in a line, with exit code 1', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    const port = typeof address === 'object' ? address?.port : 0;
    for (const args of [['summary'], ['rules', 'backtest']]) {
      const env = { LOGPATROL_ELASTICSEARCH_URL: `http://127.0.0.1:${port}` };
      const { code, err } = await runCli(args, { cwd, env });
      expect(code).toBe(1);
      expect(err).toMatch(/^logpatrol: Elasticsearch at [^\n]+ does not answer[^\n]*\n$/);
    }
  });

  it('summary reads the embedded store beside `logpatrol up`', async () => {
    const log = join(cwd, 'live.log');
    writeFileSync(log, '');
    const env = {
      LOGPATROL_HTTP_PORT: '0',
      LOGPATROL_DATA_DIR: join(cwd, 'live-data'),
      LOGPATROL_LANGUAGE: 'en',
    };
    const up = startCli(['up', log], { cwd, env });
    try {
      await vi.waitUntil(() => up.err().includes('Ctrl-C stops it'), { timeout: 30_000 });
      writeFileSync(log, 'ERROR first light\n', { flag: 'a' });
      // By the file's name, as findings have it.
      await vi.waitFor(
        async () => {
          const { code, out } = await runCli(['summary', '--service', 'live', '--format', 'json'], {
            cwd,
            env,
          });
          expect(code).toBe(0);
          expect(JSON.parse(out)).toMatchObject({ lines: 1, first: { text: 'ERROR first light' } });
        },
        { timeout: 30_000, interval: 200 },
      );
    } finally {
      up.child.kill('SIGTERM');
      expect(await up.code).toBe(0);
    }
  });
});
