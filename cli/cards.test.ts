import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';

vi.setConfig({ testTimeout: 120_000 });

const logpatrol = fileURLToPath(new URL('logpatrol.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logpatrol-cards-'));
  await writeFile(
    join(folder, 'shop.log'),
    '2020-01-02T03:04:05Z ERROR Connection refused of bob@example.com <at id=all></at>\n',
  );
  await writeFile(
    join(folder, 'logpatrol.yaml'),
    'channels:\n  hook:\n    type: webhook\n    webhook: http://127.0.0.1:9/\n  terminal:\n    type: console\n    reveal: [email]\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [logpatrol, 'cards', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LOGPATROL_CONFIG: '' },
  });
  return { status, stdout, stderr };
}

describe('logpatrol cards preview', () => {
  it('writes a page of its own, and says where', async () => {
    const { status, stdout } = run('preview', 'shop.log');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^1 card: .*\/cards-shop\.log\.html\n$/),
    });
    const page = await readFile(join(folder, 'cards-shop.log.html'), 'utf8');
    expect(page).toContain('default-src &#39;none&#39;');
    expect(page).toContain('shop');
    expect(page).not.toMatch(/bob@|<at/);
  });

  it('prints the JSON as a channel would be sent it', () => {
    const sent = run('preview', '--format', 'json', '--lang', 'en', 'shop.log');
    expect(judgeCard(JSON.parse(sent.stdout), { callbacks: false })).toMatchObject({
      ok: true,
      mentions: [],
    });
    const hook = run('preview', '--format', 'json', '--channel', 'hook', 'shop.log');
    expect(JSON.parse(hook.stdout)).toMatchObject({ kind: 'finding' });
    const terminal = run('preview', '--format', 'json', '--channel', 'terminal', 'shop.log');
    expect(JSON.parse(terminal.stdout).text).toContain('bob@example.com');
  });

  it('shows what the runbook of a rule says to do first', async () => {
    await writeFile(
      join(folder, 'jvm.log'),
      '2020-01-02T03:04:05Z FATAL java.lang.OutOfMemoryError: Java heap\n',
    );
    expect(run('preview', '--format', 'json', 'jvm.log').stdout).toMatch(/JVM 内存溢出.*jcmd/s);
  });

  it('says where nothing was found', async () => {
    await writeFile(join(folder, 'empty.log'), '');
    expect(run('preview', 'empty.log').stdout).toMatch(/^0 cards, nothing was found: /);
    expect(run('preview', '--lang', 'en', '--out', '-', 'empty.log').stdout).toContain('nothing was found');
  });

  it('warns of templates that a start would refuse, and shows the cards', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    await writeFile(join(own, 'card.njk'), '{{ view.titel | json }}');
    await writeFile(join(own, 'own.yaml'), JSON.stringify({ cards: { templates: own } }));
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [logpatrol, '--config', join(own, 'own.yaml'), 'cards', 'preview', '--format', 'json', 'shop.log'],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stderr).toMatch(/cards\.templates: .*card\.njk:1: unknown variable view\.titel/);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('"schema":"2.0"') });
  });

  it('knows no other channels than those there are', () => {
    expect(run('preview', '--channel', 'nowhere', 'shop.log')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/there is no channel "nowhere"; there are hook, terminal/),
    });
  });
});

describe('logpatrol cards lint', () => {
  it('names what is wrong with templates, and exits with 1', async () => {
    await writeFile(join(folder, 'card.njk'), '{\n  "schema": {{ view.shema | json }}\n}\n');
    const { status, stdout } = run('lint', '.');
    expect(status).toBe(1);
    expect(stdout).toMatch(/card\.njk:2: unknown variable view\.shema .*\n1 mistake\n$/);
    expect(run('lint').status).toBe(2);
  });
});
