import { currentLoad, mem } from 'systeminformation';
import type { Metric } from '#shared/model/index.ts';
import { metricId } from '#shared/text/metric-id.ts';
import type { Limits } from '../sensors/index.ts';

export interface LocalRequest {
  /** As this machine calls itself in its logs: server and host of what is read. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `hardware.disk`: percent of a file system in use. */
  readonly disk: { readonly warning: number; readonly critical: number };
  /** `ipmi.limits`, which win over all of these. */
  readonly limits: Limits;
}

/** Processor, memory, file systems and disks of the machine that this process runs on, then its status as a whole. Never rejects. */
export async function readLocal({ host, at }: LocalRequest): Promise<Metric[]> {
  const started = performance.now();
  const [{ currentLoad: cpuPercent }, { total, available }] = await Promise.all([currentLoad(), mem()]);
  return [
    {
      kind: 'status',
      id: metricId({ source: 'system', server: host, at }, ''),
      timestamp: new Date(at).toISOString(),
      source: 'system',
      server: host,
      host,
      outcome: 'ok',
      failures: 0,
      tookMs: Math.round(performance.now() - started),
      power: 'on',
      health: 'ok',
      cpuPercent,
      memoryPercent: (100 * (total - available)) / total,
    },
  ];
}
