import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { topic } from '#shared/bus/topics.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type OpenRuntime, openRuntime, type Service } from '#shared/lifecycle/index.ts';
import { Finding, type Incident } from '#shared/model/index.ts';
import { sampleIncident } from '#test/samples/incident.ts';
import { keep, storedLine } from '#test/samples/stored.ts';
import { sampleReply, startOllama } from '#test/stand-ins/ollama/index.ts';
import { start } from './main.ts';

vi.setConfig({ testTimeout: 60_000 });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Reason alone, on the embedded bus and store, with an inventory of one host. */
async function reasonOn(changes: object): Promise<{ runtime: OpenRuntime; service: Service }> {
  const folder = await mkdtemp(join(tmpdir(), 'logpatrol-analyzer-'));
  closing.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'hosts.csv');
  await writeFile(file, 'host,owner,rack\ndb-1.corp.example,张三,A-03\n');
  const config = ConfigSchema.parse({ dataDir: folder, language: 'en', assets: { file }, ...changes });
  const runtime = await openRuntime(config, { logger: pino({ level: 'silent' }), name: 'test' });
  closing.push(() => runtime.close());
  const service = await start(runtime, { stages: ['reason'] });
  closing.push(() => service.stop());
  return { runtime, service };
}

async function publish({ bus }: OpenRuntime, incidents: readonly Incident[]): Promise<void> {
  const writer = await bus.writer('incidents-of-a-test');
  await writer.write(
    incidents.map((incident) => ({
      ...{ topic: topic.incidents, key: incident.id, partition: 0, value: JSON.stringify(incident) },
    })),
  );
  await writer.close();
}

async function newestFinding({ bus }: OpenRuntime, id: string): Promise<Finding | undefined> {
  let newest: Finding | undefined;
  for await (const { value, key } of bus.read(topic.findings))
    if (value !== null && key?.toString('utf8') === id)
      newest = Finding.parse(JSON.parse(value.toString('utf8')));
  return newest;
}

const now = new Date().toISOString();
const times = {
  ...{ firstSeen: now, lastSeen: now, openedAt: now, updatedAt: now },
  exemplars: sampleIncident().exemplars.map((exemplar) => ({ ...exemplar, timestamp: now })),
};
const disk = sampleIncident({
  ...times,
  ...{ id: 'disk', fingerprint: 'disk', pack: 'storage', rule: 'storage.io-error', title: 'Disk I/O error' },
  ...{ service: 'kernel', type: 'syslog', severity: 'critical' },
});
const orders = sampleIncident({ ...times, id: 'orders', runbook: 'database-connections-exhausted' });

describe('the analyzer', () => {
  it('tells with a finding what is known of it without a model: runbook, host, hardware below it', async () => {
    const { runtime } = await reasonOn({});
    await publish(runtime, [disk, orders]);
    const finding = await vi.waitUntil(() => newestFinding(runtime, orders.id), { timeout: 40_000 });
    expect(finding).toMatchObject({
      reasoning: 'off',
      severity: 'critical',
      hardware: { id: 'disk', service: 'kernel', title: 'Disk I/O error' },
      assets: [{ host: 'db-1', owner: '张三', facts: { rack: 'A-03' } }],
    });
    expect(finding.severityReasons).toContain(
      'open hardware fault on its host, "Disk I/O error": raised to critical',
    );
    expect(finding.runbooks?.[0]).toMatchObject({ name: 'database-connections-exhausted', foundBy: 'rule' });
    const metrics = await runtime.metrics.metrics();
    expect(metrics).toContain('logpatrol_findings_total');
  });

  it('tells the model what the store has around it', async () => {
    const ollama = await startOllama({ reply: sampleReply() });
    closing.push(() => ollama.close());
    const { runtime } = await reasonOn({
      ollama: { url: ollama.url, model: 'qwen3:8b' },
    });
    const at = Date.parse(orders.firstSeen);
    const machine = { service: 'kernel', host: 'db-1', type: 'syslog' };
    await keep(runtime.store, [
      storedLine('k', at - 5000, 'blk_update_request: I/O error, dev sdb', machine),
    ]);
    await publish(runtime, [disk, orders]);
    await vi.waitUntil(async () => (await newestFinding(runtime, orders.id))?.reasoning === 'model', {
      timeout: 40_000,
    });
    const asked = ollama.requests
      .map(({ body }) => JSON.stringify(body))
      .find((body) => body.includes('title: Too many connections'));
    for (const told of ['blk_update_request', 'A-03', 'Disk I/O error']) expect(asked).toContain(told);
    expect(await runtime.metrics.metrics()).toMatch(
      /logpatrol_context_seconds_count\{source="lines",outcome="ok"\}/,
    );
  });
});
