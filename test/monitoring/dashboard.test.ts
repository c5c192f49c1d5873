import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { initSecrets, readSecret } from '#shared/secrets/index.ts';
import { type HttpServer, probes, serve } from '#shared/telemetry/index.ts';
import { dashboard } from '../../deploy/grafana/dashboard.ts';
import { rows } from '../../deploy/grafana/panels.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus.ts';
import { everyMetric, labelsByMetric, unknownIn } from './registries.ts';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'logpatrol-dashboard-'));
await initSecrets(join(folder, 'secrets'), { now: Date.now() });
const { registry, close } = await everyMetric(join(folder, 'bus'), {
  http: join(folder, 'secrets/gateway/certificate.pem'),
});
const labels = labelsByMetric(registry);
const panels = rows.flatMap((row) => row.panels);
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

it('is what its source makes of it: npm run grafana', () => {
  const written = JSON.parse(readFileSync(`${root}deploy/grafana/dashboards/logpatrol.json`, 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(dashboard(rows))));
});

it('has titles of its own in both languages', () => {
  const titles = panels.map(({ en }) => en);
  expect(new Set(titles).size).toBe(titles.length);
  for (const { zh, en } of [...rows, ...panels])
    expect(zh === en || /\p{Script=Han}/u.test(zh), en).toBe(true);
});

it('shows a legend for each label that a query keeps', () => {
  for (const { expr, legend } of panels.flatMap(({ queries }) => queries))
    for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
      expect(`${expr} service instance`).toContain(label);
});

it.each(panels.map((panel) => [panel.en, panel] as const))(
  '%s asks for metrics and labels that services have',
  (_name, { queries }) => {
    for (const { expr } of queries) expect(unknownIn(expr, labels), expr).toEqual([]);
  },
);

if (!hasPrometheus) console.warn('prometheus is not installed: the queries of the dashboard are not asked.');

describe.skipIf(!hasPrometheus)('a real Prometheus that scrapes them all', () => {
  let server: HttpServer;
  let prometheus: Prometheus;
  let work: NodeJS.Timeout;
  beforeAll(async () => {
    const health = { ailments: () => [], readiness: async () => [] };
    const metricsToken = readSecret(join(folder, 'secrets'), 'prometheus/metrics-token');
    const own = join(folder, 'secrets/gateway');
    const tls = { certificateFile: join(own, 'certificate.pem'), keyFile: join(own, 'key.pem') };
    const app = probes({ health, registry, metricsToken });
    server = await serve(app, { host: '127.0.0.1', port: 0, tls }, pino({ level: 'silent' }));
    work = setInterval(() => beBusy(registry), 100);
    prometheus = await startPrometheus(
      { analyzer: new URL(server.url).host },
      join(folder, 'secrets/prometheus'),
    );
    const isScraped = async () => {
      const [count = '0'] = await prometheus.query('min(count_over_time(up[1m]))');
      return Number(count) > 5;
    };
    await vi.waitUntil(() => isScraped().catch(() => false), { timeout: 30_000, interval: 100 });
  });
  afterAll(async () => {
    clearInterval(work);
    await prometheus?.stop();
    await server?.close();
  });

  it.each(panels.map((panel) => [panel.en, panel] as const))(
    'answers the queries of %s',
    async (_name, { queries }) => {
      for (const { expr } of queries) {
        const values = await prometheus.query(expr);
        expect(values.length, expr).toBeGreaterThan(0);
        for (const value of values) expect(Number(value), expr).not.toBeNaN();
      }
    },
  );
});

/** Something of everything happens: each of our metrics moves. */
function beBusy(of: Registry): void {
  for (const { name } of of.getMetricsAsArray()) {
    if (!name.startsWith('logpatrol_')) continue;
    const metric: unknown = of.getSingleMetric(name);
    const names: unknown = Reflect.get(Object(metric), 'labelNames');
    const some = Object.fromEntries(
      (Array.isArray(names) ? names : []).map((label) => [String(label), 'some']),
    );
    if (metric instanceof Counter) metric.inc(some, 1);
    else if (metric instanceof Histogram) metric.observe(some, 0.2);
    else if (metric instanceof Gauge) metric.set(some, 1);
  }
}
