import type {
  Asset,
  Conclusion,
  Finding,
  FoundRunbook,
  Incident,
  MachineState,
  PastFinding,
  Reasoning,
  RelatedIncident,
} from '#shared/model/index.ts';
import type { Language } from './language.ts';
import { decideSeverity, severityInput } from './severity.ts';

export interface FindingOptions {
  /** When this revision is made, in milliseconds since the epoch. */
  readonly now: number;
  /** When its first revision since it was opened last was made; default `now`. */
  readonly detectedAt?: string | undefined;
  readonly language: Language;
  /** Default 1. */
  readonly revision?: number;
  /** Default `off`. */
  readonly reasoning?: Reasoning;
  /** What the model said, where it did; it may move the severity by one step. */
  readonly conclusion?: Conclusion | undefined;
  /** Why there is no conclusion, or an older one. */
  readonly reasoningNote?: string | undefined;
  /** Sections that fit it; of what else is known of them only the place is told, and the best one's first steps. */
  readonly runbooks?: readonly FoundRunbook[];
  readonly assets?: readonly Asset[];
  readonly machines?: readonly MachineState[];
  readonly similar?: readonly PastFinding[];
  /** An open hardware fault on one of its hosts; it may raise the severity by one step. */
  readonly hardware?: RelatedIncident | undefined;
}

/** The finding that tells of an incident as it stands; without a conclusion it rests on rules alone. */
export function findingOf(incident: Incident, options: FindingOptions): Finding {
  const { conclusion, hardware, reasoningNote, runbooks = [], assets = [], similar = [] } = options;
  const { machines = [] } = options;
  const { severity, reasons } = decideSeverity(
    severityInput(incident, conclusion, hardware),
    options.language,
  );
  return {
    id: incident.id,
    traceId: incident.traceId,
    revision: options.revision ?? 1,
    incidentRevision: incident.revision,
    materialRevision: incident.materialRevision,
    // Nobody makes a finding of what is pending; a scan's end decides it.
    state: incident.state === 'pending' ? 'open' : incident.state,
    openings: incident.openings,
    domain: incident.domain,
    fingerprint: incident.fingerprint,
    rule: incident.rule,
    pack: incident.pack,
    title: incident.title,
    service: incident.service,
    type: incident.type,
    ...(incident.runbook !== undefined && { runbook: incident.runbook }),
    severity,
    ...(incident.pinned && { pinned: true }),
    severityReasons: reasons,
    count: incident.count,
    hosts: incident.hosts.map((host) => host.name),
    hostCount: incident.hostCount,
    firstSeen: incident.firstSeen,
    lastSeen: incident.lastSeen,
    arrivedAt: incident.firstArrivedAt,
    createdAt: new Date(options.now).toISOString(),
    detectedAt: options.detectedAt ?? new Date(options.now).toISOString(),
    ...(incident.resolvedAt !== undefined && { resolvedAt: incident.resolvedAt }),
    ...(incident.resolvedBy !== undefined && { resolvedBy: incident.resolvedBy }),
    ...(incident.clearedBy && { clearedBy: incident.clearedBy }),
    old: incident.old,
    exemplars: incident.exemplars,
    ...(incident.captures && { captures: incident.captures }),
    ...(incident.template && { template: incident.template }),
    ...(incident.detail !== undefined && { detail: incident.detail }),
    ...(incident.numbers && { numbers: incident.numbers }),
    ...(incident.atMost && { atMost: incident.atMost }),
    ...(incident.flapping && { flapping: true }),
    ...(incident.muted && { muted: incident.muted }),
    ...(incident.causedBy && { causedBy: incident.causedBy }),
    ...(incident.dependants && { dependants: incident.dependants }),
    ...(incident.dependantCount !== undefined && { dependantCount: incident.dependantCount }),
    ...(incident.knownGood && { knownGood: true }),
    ...(incident.labels && { labels: incident.labels }),
    ...(incident.series && { series: incident.series }),
    ...(incident.acknowledged && { acknowledged: incident.acknowledged }),
    ...(incident.assignee && { assignee: incident.assignee }),
    ...(incident.history && { history: incident.history }),
    ...(runbooks.length > 0 && { runbooks: runbooks.map(placeOf) }),
    ...(assets.length > 0 && { assets: [...assets] }),
    ...(machines.length > 0 && { machines: [...machines] }),
    ...(similar.length > 0 && { similar: [...similar] }),
    ...(hardware && { hardware }),
    reasoning: options.reasoning ?? 'off',
    ...(reasoningNote !== undefined && { reasoningNote }),
    ...(conclusion && { conclusion }),
  };
}

function placeOf({ name, title, section, foundBy, score, steps }: FoundRunbook, index: number): FoundRunbook {
  // A card has room for the steps of one.
  const told = index === 0 && steps !== undefined && steps.length > 0;
  return { name, title, section, foundBy, score, ...(told && { steps }) };
}
