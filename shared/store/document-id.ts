import { hash } from 'node:crypto';
import type { AuditEntry, Delivery, Metric } from '#shared/model/index.ts';

/**
 * The id under which one outcome of one attempt is kept, so that the same one written twice is kept once. An attempt can come to the same
 * outcome twice: it is retried, and later still to be retried while another channel tells it.
 */
export function deliveryId({ messageId, attempt, outcome, at, fellBackTo }: Delivery): string {
  return digest([messageId, attempt, outcome, at, fellBackTo]);
}

/** The same for who did what: an entry's own id may have any length and come from a platform. */
export function auditId({ id }: AuditEntry): string {
  return digest(['audit', id]);
}

/** The same for a reading or status. */
export function metricDocumentId({ id }: Metric): string {
  return digest(['metric', id]);
}

/** What readings of one sensor have in common, or statuses of one server. */
export function seriesId(metric: Metric): string {
  const { source, server } = metric;
  const sensor = metric.kind === 'reading' ? [metric.sensor] : [];
  return digest(['series', source, server, ...sensor]);
}

function digest(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 27);
}
