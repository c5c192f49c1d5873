import type {
  AuditEntry,
  DeliveryOutcome,
  Finding,
  PersonAction,
  Severity,
  Verdict,
} from '#shared/model/index.ts';

/** Every word that the pages say of their own, in one language. */
export interface PageWords {
  readonly severity: Record<Severity, string>;
  readonly state: Record<Finding['state'], string>;
  readonly verdict: Record<Verdict, string>;
  readonly action: Record<PersonAction, string>;
  readonly outcome: Record<DeliveryOutcome, string>;
  readonly auditOutcome: Record<AuditEntry['outcome'], string>;
  readonly via: Record<AuditEntry['via'], string>;
  readonly fact: Record<
    | 'service'
    | 'rule'
    | 'firstSeen'
    | 'lastSeen'
    | 'resolved'
    | 'count'
    | 'hosts'
    | 'assignee'
    | 'detail'
    | 'severityReasons'
    | 'muted'
    | 'causedBy'
    | 'dependants'
    | 'captures'
    | 'labels'
    | 'id',
    string
  >;
  readonly section: Record<
    | 'conclusion'
    | 'cause'
    | 'actions'
    | 'evidence'
    | 'lines'
    | 'clearedBy'
    | 'chart'
    | 'assets'
    | 'firstSteps'
    | 'runbooks'
    | 'similar'
    | 'history'
    | 'deliveries'
    | 'audit'
    | 'doSomething',
    string
  >;
  /** Of a silence that ends when the incident does. */
  readonly untilResolved: string;
  readonly unproven: string;
  readonly byModel: (model: string, percent: number) => string;
  readonly field: Record<'name' | 'to' | 'note' | 'choose', string>;
  readonly notProven: string;
  readonly details: string;
  readonly more: (count: number) => string;
  readonly trouble: Record<
    'forged' | 'expired' | 'gone' | 'refused' | 'busy' | 'elsewhere' | 'many' | 'name',
    string
  >;
  readonly linkName: (name: string) => string;
}
