import { setTimeout as delay } from 'node:timers/promises';
import type { Inspect, Inspection } from '#services/ipmi/inspect.ts';
import type { Bmc } from '#services/ipmi/inspection.ts';
import { type Limits, toMetrics } from '#services/ipmi/sensors/index.ts';
import type { Metric, Reading, SelPosition, ServerStatus } from '#shared/model/index.ts';

export interface AskOptions {
  readonly inspect: Inspect;
  readonly limits: Limits;
  /** How often a BMC that does not answer is asked again. */
  readonly retries: (bmc: Bmc) => number;
  /** Polls in a row that failed before this one. */
  readonly failuresBefore?: number;
  /** How far its event log has been read; or how many of its last records are looked at. */
  readonly log: { readonly position: SelPosition | undefined } | { readonly lastRecords: number };
  readonly signal: AbortSignal;
}

/** What came of asking one BMC; `unable` where the reason is ours, such as a missing program. */
export type Asked =
  | { readonly kind: 'unable'; readonly server: string; readonly reason: string }
  | {
      readonly kind: 'asked';
      readonly inspection: Inspection;
      readonly metrics: readonly Metric[];
      readonly readings: readonly Reading[];
      readonly status: ServerStatus;
      readonly faults: readonly string[];
      readonly attempts: number;
    };

/** Between two attempts: a BMC that is just starting again has a chance. */
const pauseMs = 1000;

/**
 * Asks one BMC, and again where it does not answer; one that refuses is not asked again, for some lock their users out.
 *
 * @throws the signal's reason when it is aborted
 */
export async function askBmc(bmc: Bmc, options: AskOptions): Promise<Asked> {
  const { inspect, limits, retries, failuresBefore = 0, log, signal } = options;
  const most = 1 + retries(bmc);
  for (let attempts = 1; ; attempts += 1) {
    const inspection = await inspect({
      bmc,
      position: undefined,
      ...log,
      timeoutMs: bmc.timeoutSeconds * 1000,
      signal,
    });
    signal.throwIfAborted();
    const { at, tookMs, result, local } = inspection;
    if (result.outcome === 'unable') return { kind: 'unable', server: bmc.name, reason: result.reason };
    if (result.outcome === 'unreachable' && attempts < most) {
      await delay(pauseMs, undefined, { signal });
      continue;
    }
    const failures = result.outcome === 'ok' ? 0 : failuresBefore + attempts;
    const metrics = toMetrics({ bmc, at, tookMs, failures, result, limits, local });
    const status = metrics.find((metric) => metric.kind === 'status');
    if (status === undefined) throw new Error(`no status of ${bmc.name}`);
    return {
      kind: 'asked',
      inspection,
      metrics,
      readings: metrics.filter((metric) => metric.kind === 'reading'),
      status,
      faults: result.outcome === 'ok' ? (result.chassis.faults ?? []) : [],
      attempts,
    };
  }
}
