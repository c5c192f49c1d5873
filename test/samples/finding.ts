import type { Delivery, Finding } from '#shared/model/index.ts';
import { sampleTime } from './hit.ts';
import { sampleIncident } from './incident.ts';

/** A finding on rules alone about the sample incident, to be varied. */
export function sampleFinding(changes: Partial<Finding> = {}): Finding {
  const incident = sampleIncident();
  const time = new Date(sampleTime).toISOString();
  return {
    id: incident.id,
    traceId: incident.traceId,
    revision: 1,
    incidentRevision: incident.revision,
    materialRevision: incident.materialRevision,
    state: 'open',
    openings: incident.openings,
    domain: incident.domain,
    fingerprint: incident.fingerprint,
    rule: incident.rule,
    pack: incident.pack,
    title: incident.title,
    service: incident.service,
    type: incident.type,
    severity: incident.severity,
    severityReasons: ['the rule says warning'],
    count: incident.count,
    hosts: incident.hosts.map(({ name }) => name),
    hostCount: incident.hostCount,
    firstSeen: incident.firstSeen,
    lastSeen: incident.lastSeen,
    arrivedAt: time,
    createdAt: time,
    old: incident.old,
    exemplars: incident.exemplars,
    reasoning: 'off',
    ...changes,
  };
}

/** A delivery of the sample finding's card that was accepted, to be varied. */
export function sampleDelivery(changes: Partial<Delivery> = {}): Delivery {
  const finding = sampleFinding();
  return {
    messageId: `console:${finding.id}:1`,
    traceId: finding.traceId,
    channel: 'console',
    incidentId: finding.id,
    revision: finding.revision,
    severity: finding.severity,
    outcome: 'sent',
    attempt: 1,
    at: new Date(sampleTime + 1000).toISOString(),
    response_time_ms: 12.5,
    latency_ms: 1500,
    ...changes,
  };
}
