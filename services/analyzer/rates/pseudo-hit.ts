import { hash } from 'node:crypto';
import type { Clear, Exemplar, Hit, Severity, TemplateLabel } from '#shared/model/index.ts';

/** The rules that no pack has; each is one kind of rates' findings. */
export const rateRules = ['rates.new', 'rates.spike', 'rates.silent'] as const;

/** The shipped runbook of all of them. */
export const rateRunbook = 'log-rate-anomaly';

/** What a rate's finding is made of. Moments are milliseconds since the epoch. */
export interface RateFinding {
  readonly rule: (typeof rateRules)[number];
  readonly domain: string;
  readonly service: string;
  readonly type: string;
  readonly severity: Severity;
  readonly title: string;
  readonly detail: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly count: number;
  /** Absent: it is about the service as a whole. */
  readonly template?: TemplateLabel | undefined;
  readonly exemplar?: Exemplar | undefined;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly arrivedAt: number;
}

/** Tells what a rate's finding is about, so that a later signal ends the right one. */
function captures({ template }: Pick<RateFinding, 'template'>): Record<string, string> {
  return { template: template?.id ?? '' };
}

/** A finding as correlation folds it: a hit of a rule that no pack has. Its fingerprint depends on nothing but rule, service and template. */
export function rateHit(finding: RateFinding): Hit {
  const { rule, service, template, exemplar, count } = finding;
  const fingerprint = hash('sha1', JSON.stringify([rule, service, template?.id ?? '']), 'hex').slice(0, 16);
  const id = `${rule}-${fingerprint}-${finding.lastSeen.toString(36)}`;
  return {
    kind: 'hit',
    id,
    traceId: exemplar?.id ?? id,
    domain: finding.domain,
    fingerprint,
    rule,
    pack: 'rates',
    title: finding.title,
    severity: finding.severity,
    pinned: false,
    runbook: rateRunbook,
    service,
    type: finding.type,
    count: Math.max(1, count),
    // None: it is about the service, and a line of any host ends it.
    hosts: [],
    otherHostsCount: 0,
    firstSeen: new Date(finding.firstSeen).toISOString(),
    lastSeen: new Date(finding.lastSeen).toISOString(),
    arrivedAt: new Date(finding.arrivedAt).toISOString(),
    exemplars: exemplar === undefined ? [] : [exemplar],
    captures: captures(finding),
    ...(template !== undefined && { template }),
    detail: finding.detail,
    numbers: { ...finding.numbers },
  };
}

/** The end of such a finding. @param at event time of the line that ended it */
export function rateClear(
  finding: Pick<RateFinding, 'rule' | 'domain' | 'service' | 'type' | 'template' | 'exemplar'>,
  at: number,
  now: number,
): Clear {
  const { rule, domain, service, type, template, exemplar } = finding;
  return {
    kind: 'clear',
    id: `${rule}-clear-${service}-${template?.id ?? ''}-${at.toString(36)}`,
    domain,
    rule,
    purpose: 'resolved-by',
    service,
    type,
    hosts: [],
    arrivedAt: new Date(now).toISOString(),
    captures: captures({ template }),
    exemplar: {
      ...(exemplar ?? { id: `${service}-${at.toString(36)}`, host: '', text: '', before: [] }),
      timestamp: new Date(at).toISOString(),
    },
  };
}
