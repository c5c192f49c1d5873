import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

/** A name space of the network in which there is nothing; only root may make one. */
const canCutOff = spawnSync('unshare', ['--net', 'true']).status === 0;
if (!canCutOff) console.warn('A network cannot be cut off here: the bundle is tried with it.');
const cutOff = canCutOff ? ['unshare', '--net'] : ['env'];

describe('npm run bundle', () => {
  let work = '';
  let program = '';

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'logpatrol-bundle-test-'));
    await run('npm', ['run', 'bundle', '--', '--output', work], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
    const [archive] = await Array.fromAsync(glob('*.tar.gz', { cwd: work }));
    await run('sh', ['-c', 'sha256sum --check *.sha256 && tar -xzf *.tar.gz'], { cwd: work });
    const folder = join(work, archive?.replace('.tar.gz', '') ?? '');
    program = join(work, 'opt', 'bin', 'logpatrol');
    await inside(join(folder, 'install.sh'), [join(work, 'opt')]);
  }, 180_000);

  afterAll(async () => {
    await rm(work, { recursive: true, force: true });
  });

  /** Runs a program where there is no network, and in an empty environment. */
  async function inside(command: string, words: readonly string[]): Promise<string> {
    const [first = '', ...rest] = [...cutOff, command, ...words];
    return (await run(first, rest, { cwd: work, env: { PATH: '/usr/bin:/bin' } })).stdout;
  }

  it('has what a user reads, and no tests', async () => {
    const files = await Array.fromAsync(glob('opt/app/**/*', { cwd: work }));
    expect(files).toEqual(
      expect.arrayContaining(
        [
          ...['README.md', 'docs/cli.md', 'logpatrol.example.yaml'],
          ...['LICENSE', 'THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json'],
        ].map((each) => join('opt', 'app', each)),
      ),
    );
    const own = files.filter((file) => !file.includes('node_modules'));
    expect(own.filter((file) => file.endsWith('.test.ts'))).toEqual([]);
  });

  it('passes on the licence of each package', async () => {
    const app = join(work, 'opt', 'app');
    const notices = await readFile(join(app, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readFile(join(app, 'package.json'), 'utf8')));
    const parts = notices.split(`${'='.repeat(80)}\n`);
    for (const [name, version] of Object.entries(dependencies)) {
      const part = parts.find((each) => each.startsWith(`${name} ${version}\n`));
      expect(part, name).toMatch(/licen[cs]e|copyright/i);
      expect(part, name).not.toContain('brings no text');
    }
  });

  it('finds an error in a file without any network', async () => {
    await writeFile(join(work, 'app.log'), `${failure}\n`);
    const found = JSON.parse(await inside(program, ['scan', '--format', 'json', 'app.log']));
    expect(found).toMatchObject([{ rule: 'jvm.out-of-memory', severity: 'critical' }]);
  });

  it('watches, and ends by SIGTERM', async () => {
    const env = { PATH: '/usr/bin:/bin', LOGPATROL_HTTP_HOST: '0.0.0.0', LOGPATROL_HTTP_PORT: '0' };
    const [first = '', ...rest] = [...cutOff, program, 'up', 'app.log'];
    const watching = spawn(first, rest, { cwd: work, env });
    try {
      await untilSaid(watching, 'jvm.out-of-memory');
    } finally {
      watching.kill('SIGTERM');
    }
    const [code] = await once(watching, 'exit');
    expect(code).toBe(0);
  });
});

const failure = `${new Date().toISOString()} ERROR java.lang.OutOfMemoryError: Java heap space`;

async function untilSaid(child: ChildProcess, word: string): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`it ended with ${code} and had said:\n${said}`);
  });
  const seen = expect.poll(() => said, { timeout: 40_000 }).toContain(word);
  await Promise.race([seen, ended]);
  ended.catch(() => {});
}
