import type { Config } from '#shared/config/index.ts';

/** What an installation's assets depend on besides their files. */
export interface AssetSettings {
  readonly routes: Config['routes'];
  readonly namespace: string;
  readonly replicas: number;
  readonly retention: Config['retention'];
}

/** A time for Elasticsearch, in whole days where it is that, else in minutes. */
function daysText(days: number): string {
  return Number.isInteger(days) ? `${days}d` : `${Math.max(1, Math.round(days * 24 * 60))}m`;
}

/** A size for Elasticsearch, in whole gigabytes where it is that, else in megabytes. */
function gigabytesText(gigabytes: number): string {
  return Number.isInteger(gigabytes) ? `${gigabytes}gb` : `${Math.max(1, Math.round(gigabytes * 1024))}mb`;
}

/** What stands for the placeholders `<…>` of a lifecycle policy. */
export function lifecycleValues(kind: string, retention: Config['retention']): Record<string, string> {
  const { tiers, deleteAfterDays } = lifecycleOf(kind, retention);
  return {
    'rollover-age': daysText(tiers.rolloverDays),
    'rollover-size': gigabytesText(tiers.rolloverGigabytes),
    'warm-after': daysText(tiers.warmAfterDays),
    'cold-after': daysText(tiers.coldAfterDays),
    'delete-after': daysText(deleteAfterDays),
  };
}

/**
 * The phases of a policy that come to their turn: a phase that would begin no earlier than the next one that is there is left out, and
 * shrinking where it is not asked for. The order is Elasticsearch's: it goes from phase to phase by their ages.
 */
export function usefulPhases(
  kind: string,
  phases: Readonly<Record<string, unknown>>,
  retention: Config['retention'],
): Record<string, unknown> {
  const { tiers, deleteAfterDays, shrinks } = lifecycleOf(kind, retention);
  const hasCold = tiers.coldAfterDays < deleteAfterDays;
  const hasWarm = tiers.warmAfterDays < (hasCold ? tiers.coldAfterDays : deleteAfterDays);
  return Object.fromEntries(
    Object.entries(phases)
      .filter(([phase]) => (phase !== 'cold' || hasCold) && (phase !== 'warm' || hasWarm))
      .map(([phase, content]) => [phase, shrinks ? content : withoutShrinking(content)]),
  );
}

function lifecycleOf(kind: string, retention: Config['retention']) {
  const { elasticsearch } = retention;
  switch (kind) {
    case 'logs': {
      const { deleteAfterDays, shrink } = elasticsearch.logs;
      return { tiers: elasticsearch.logs, deleteAfterDays, shrinks: shrink };
    }
    case 'metrics':
      return { tiers: elasticsearch.metrics, deleteAfterDays: retention.metricsDays, shrinks: false };
    case 'deliveries':
      return { tiers: elasticsearch.deliveries, deleteAfterDays: retention.deliveriesDays, shrinks: false };
    case 'audit':
      return { tiers: elasticsearch.audit, deleteAfterDays: retention.auditDays, shrinks: false };
    default:
      throw new Error(`there is no retention for the lifecycle policy ${kind}`);
  }
}

function withoutShrinking(phase: unknown): unknown {
  if (typeof phase !== 'object' || phase === null || !('actions' in phase)) return phase;
  const { actions } = phase;
  if (typeof actions !== 'object' || actions === null) return phase;
  return {
    ...phase,
    actions: Object.fromEntries(Object.entries(actions).filter(([name]) => name !== 'shrink')),
  };
}
