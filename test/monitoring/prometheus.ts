import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePort } from '#test/stack/server.ts';

/** Whether Debian's `prometheus` is here. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;

const Shipped = z.looseObject({ scrape_configs: z.array(z.looseObject({ job_name: z.string() })) });

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

export interface Prometheus {
  /** The values that an expression has now. @throws Error where it is none */
  query(expr: string): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * A real Prometheus that scrapes `targets` (host:port by service) every 200 ms, over HTTPS and with the token as the shipped
 * configuration has it.
 *
 * @param secrets what stands in place of its /secrets
 */
export async function startPrometheus(
  targets: Readonly<Record<string, string>>,
  secrets: string,
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'logpatrol-prometheus-'));
  const port = await freePort();
  const shipped = new URL('../../deploy/prometheus/prometheus.yml', import.meta.url);
  const [job] = Shipped.parse(
    parse(readFileSync(shipped, 'utf8').replaceAll('/secrets', secrets)),
  ).scrape_configs;
  const static_configs = Object.entries(targets).map(([service, target]) => ({
    ...{ targets: [target], labels: { service } },
  }));
  const configuration = {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: [{ ...job, static_configs }],
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
  const child: ChildProcess = spawn(
    'prometheus',
    [
      ...['--config.file', join(folder, 'prometheus.yml'), '--storage.tsdb.path', join(folder, 'data')],
      ...['--web.listen-address', `127.0.0.1:${port}`, '--log.level', 'error'],
    ],
    { stdio: 'ignore' },
  );
  return {
    async query(expr) {
      const body = new URLSearchParams({ query: expr });
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query`, { method: 'POST', body });
      const text = await response.text();
      if (!response.ok) throw new Error(`${expr}: ${text}`);
      return Answer.parse(JSON.parse(text)).data.result.map(({ value }) => value[1]);
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
