import type { Metric } from '#shared/model/index.ts';
import type { Limits } from '../sensors/index.ts';
import { localMetrics } from './local-metrics.ts';
import { takeSample } from './sample.ts';

export interface LocalRequest {
  /** As this machine calls itself in its logs: server and host of what is read. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `hardware.disk`: percent of a file system in use. */
  readonly disk: { readonly warning: number; readonly critical: number };
  /** `ipmi.limits`, which win over the defaults. */
  readonly limits: Limits;
}

/**
 * Processor, memory, file systems and disks of the machine that this process runs on, then its status as a whole. Never rejects: what the
 * system does not say is left out. What a disk does is known from the second call on.
 */
export async function readLocal(request: LocalRequest): Promise<Metric[]> {
  const started = performance.now();
  const sample = await takeSample();
  return localMetrics(sample, request, performance.now() - started);
}
