import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePort } from '#test/stack/server.ts';
import { runCli, startCli } from './testing/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-housekeeping-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

it('says so where the store has none of the steps that are asked for', async () => {
  expect(await runCli(['housekeeping', 'run', '--step', 'snapshot', 'restore-probe'], { cwd })).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(
      /^logpatrol: this store has no step snapshot, restore-probe [^\n]+; it has integrity, [^\n]+\n$/,
    ),
  });
});

it('of a process that runs it tells that no night has been yet', async () => {
  writeFileSync(join(cwd, 'shop.log'), '');
  const env = { LOGPATROL_HTTP_PORT: String(await freePort()) };
  const up = startCli(['up', 'shop.log'], { cwd, env });
  try {
    await vi.waitFor(() => expect(up.err()).toContain('logpatrol watches shop.log'), { timeout: 60_000 });
    const status = await runCli(['housekeeping', 'status'], { cwd, env });
    expect(status).toMatchObject({ code: 0, out: expect.stringMatching(/^nightly +never yet/m) });
  } finally {
    up.child.kill('SIGTERM');
    expect(await up.code).toBe(0);
  }
});
