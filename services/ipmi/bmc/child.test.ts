import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BmcTrouble } from '../inspection.ts';
import { type Child, startChild } from './child.ts';
import { processesWith } from './testing/processes.ts';

/** Programs that misbehave as `ipmitool` can: shell scripts. */
describe('startChild', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logpatrol-child-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(name: string, script: string): Promise<Child> {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return startChild({ file, args: [], environment: { SECRET: 'x' }, install: 'install it' });
  }

  const gone = (name: string) => expect(processesWith(join(folder, name))).toEqual([]);

  it('gives each question the outputs that came for it', async () => {
    const child = await start('echo', 'while read -r line; do echo "out $line"; echo "err $line" >&2; done');
    expect(await child.ask('one\n', 'one\n', 'one\n')).toEqual({ out: 'out one\n', err: 'err one\n' });
    expect(await child.ask('two\n', 'two\n', 'two\n')).toEqual({ out: 'out two\n', err: 'err two\n' });
    const third = child.ask('three\n', 'three\n', 'three\n');
    expect(() => child.ask('four\n', '', '')).toThrow('one question at a time');
    await third;
    await child.close();
    gone('echo');
  });

  it('kills a program that prints without end', async () => {
    const child = await start('endless', 'while :; do echo "1234567890123456789012345678901234567890"; done');
    await expect(child.ask('go\n', 'never', 'never')).rejects.toMatchObject({ outcome: 'invalid' });
    await child.close('quit\n');
    gone('endless');
  });

  it('kills a program that does not listen', async () => {
    const child = await start('deaf', 'trap "" TERM INT HUP; echo ready; while :; do sleep 0.1; done');
    await child.ask('', 'ready\n', '');
    const start0 = performance.now();
    await child.close('quit\n');
    expect(performance.now() - start0).toBeGreaterThan(1900);
    gone('deaf');
  });

  it('fails what is waited for, and all that comes after, with the reason', async () => {
    const child = await start('silent', 'while :; do read -r line || exit; done');
    const reason = new BmcTrouble('unreachable', 'too late');
    const answer = child.ask('go\n', 'never', 'never');
    child.fail(reason);
    await expect(answer).rejects.toBe(reason);
    await expect(child.ask('again\n', 'x', '')).rejects.toBe(reason);
    await child.close();
    gone('silent');
  });

  it('tells that the program ended early, with all that it said', async () => {
    const child = await start('early', 'echo no; echo why >&2; exit 3');
    await expect(child.ask('go\n', 'never', '')).rejects.toMatchObject({
      code: 3,
      printed: { out: 'no\n', err: 'why\n' },
    });
    await child.close('quit\n');
  });

  it('gives a program nothing of our environment but where programs and the home are', async () => {
    process.env.LOGPATROL_SECRET = 'not for others';
    const child = await start('environment', 'env');
    const { out } = await child.ended();
    delete process.env.LOGPATROL_SECRET;
    const names = out
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['PATH', 'HOME', 'TZ', 'LC_ALL', 'SECRET', 'PWD']));
  });
});
