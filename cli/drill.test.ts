import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DrillReport } from '#shared/drill/index.ts';
import { AuditEntry } from '#shared/model/index.ts';
import { type CliRun, runCli, startCli } from './testing/spawn-cli.ts';

const soon = { timeout: 60_000, interval: 100 };
const port = 20_000 + (process.pid % 20_000);
const env = { LOGPATROL_LANGUAGE: 'en', LOGPATROL_HTTP_PORT: String(port) };
let cwd: string;
let up: CliRun;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'logpatrol-drill-'));
  writeFileSync(join(cwd, 'app.log'), '');
  up = startCli(['up', 'app.log'], { cwd, env });
  await vi.waitFor(() => expect(up.err()).toContain('logpatrol watches app.log'), soon);
}, 90_000);
afterAll(async () => {
  up.child.kill('SIGTERM');
  await up.code;
  rmSync(cwd, { recursive: true });
});
vi.setConfig({ testTimeout: 120_000 });

it('goes through the running process to a card that says that it is a drill', async () => {
  const drill = await runCli(['drill', '--by', 'ana'], { cwd, env });
  expect(drill.err).toBe('');
  expect(drill.out).toMatch(/^ok +line on the bus +-?\d+ ms/m);
  expect(drill.out).toMatch(/^ok +accepted delivery +\d+ ms/m);
  expect(drill.out).toMatch(/the card was accepted by console; nothing is wrong$/m);
  expect(drill.code).toBe(0);
  await vi.waitFor(() => expect(up.out()).toContain('【DRILL / 演练】logpatrol-drill'), soon);
  expect(up.out()).not.toContain('Runbook');
});

it('gives a report for programs, and stands in the audit log', async () => {
  const drill = await runCli(['drill', '--by', 'ana', '--format', 'json'], { cwd, env });
  const report = DrillReport.parse(JSON.parse(drill.out));
  expect(report).toMatchObject({ outcome: 'accepted', channel: 'console', type: 'app' });
  const audit = await runCli(['audit', 'list', '--format', 'ndjson'], { cwd, env });
  const entries = audit.out
    .trim()
    .split('\n')
    .map((line) => AuditEntry.parse(JSON.parse(line)));
  expect(entries[0]).toMatchObject({ action: 'drill.run', note: report.id, by: { name: 'ana' }, via: 'cli' });
});

it('is nothing that rates and summaries know of', async () => {
  const summary = await runCli(['summary', '--window', '1h', '--format', 'json'], { cwd, env });
  expect(summary.out).not.toContain('LOGPATROL-DRILL');
  expect(summary.out).not.toContain('logpatrol.drill');
});

it.each([
  ['--timeout', '1'],
  ['--timeout', 'soon'],
  ['--format', 'xml'],
])('refuses %s %s', async (...args) => {
  expect((await runCli(['drill', ...args], { cwd, env })).code).toBe(2);
});
