import type { Config } from '#shared/config/index.ts';
import type {
  ControlKind,
  Finding,
  MessageReason,
  PersonAction,
  Reasoning,
  Severity,
  Verdict,
} from '#shared/model/index.ts';

export type Language = Config['language'];

/** Every word that a card says of its own, in one language. */
export interface Words {
  readonly severity: Record<Severity, string>;
  readonly resolved: string;
  /** In the place of the severity of a drill. */
  readonly drill: string;
  readonly reason: Record<MessageReason, string>;
  readonly colon: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: string;
  readonly hosts: string;
  readonly service: string;
  readonly rule: string;
  readonly severityReasons: string;
  readonly lasted: string;
  /** The same of one that goes on. */
  readonly lasting: string;
  readonly detail: string;
  readonly muted: string;
  readonly control: Record<ControlKind, string>;
  /** `until` is absent where it has no end. */
  /** `until` names a moment, or is `resolved`: for as long as the incident is not. */
  readonly mutedBy: (by: string, kind: string, until: string | undefined) => string;
  /** What it means that an incident is flapping. */
  readonly flapping: string;
  readonly causedBy: string;
  readonly affected: string;
  readonly moreIncidents: (count: number) => string;
  readonly knownGood: string;
  readonly knownGoodMeans: string;
  readonly heldBack: string;
  readonly heldBackSince: (count: number, since: string) => string;
  readonly hardware: string;
  readonly asset: string;
  readonly owner: (name: string) => string;
  readonly conclusion: string;
  readonly verdict: Record<Verdict, string>;
  readonly cause: string;
  /** After the label of a cause that no line shows. */
  readonly unproven: string;
  readonly actions: string;
  /** Where an action comes from. */
  /** Above what a runbook says to do first. */
  readonly firstSteps: (title: string) => string;
  readonly fromRunbook: (title: string, section: string) => string;
  readonly ownSuggestion: string;
  readonly runbooks: string;
  readonly namedByRule: string;
  readonly similar: string;
  readonly feedback: (words: string) => string;
  /** Lines that show the cause; and the others. */
  readonly proof: string;
  readonly evidence: string;
  /** After the host and time of a line: what stands below came before it. */
  readonly before: string;
  /** After the host and time of a line that the conclusion cites. */
  readonly cited: string;
  /** What stands in place of a model's conclusion. */
  readonly without: Record<Reasoning, string>;
  /** Who concluded: the model, its confidence, and how long it took. */
  readonly by: (model: string, percent: number, seconds: string) => string;
  readonly takenOver: string;
  readonly openBracket: string;
  readonly closeBracket: string;
  readonly moreHosts: (count: number) => string;
  readonly cut: (length: number) => string;
  readonly moreLines: (count: number) => string;
  readonly state: Record<Finding['state'], string>;
  readonly times: (count: string) => string;
  readonly assignee: string;
  readonly since: (name: string, at: string) => string;
  readonly action: Record<PersonAction, string>;
  /** What somebody did: who, what, to whom, and what they said of it. */
  readonly did: (who: string, action: PersonAction, to: string | undefined) => string;
  readonly confirm: Record<'title' | 'text', Record<'resolve' | 'not-a-problem', string>>;
  readonly silenceFor: string;
  readonly silence: Record<'silence-1h' | 'silence-8h' | 'silence-until-resolved', string>;
  readonly history: string;
  readonly mentions: string;
  readonly chart: string;
  readonly sensors: string;
  readonly power: Record<'on' | 'off', string>;
  readonly bmc: Record<'unreachable' | 'refused' | 'invalid', string>;
  readonly memory: (percent: number) => string;
  readonly members: (count: number) => string;
  readonly moreMembers: (count: number) => string;
  readonly full: string;
  readonly fingerprint: string;
  readonly labels: string;
  readonly inKibana: string;
  readonly details: string;
  /** Of a card in place of another channel's. */
  readonly meantFor: string;
  readonly ownTemplateFailed: string;
  readonly digest: (count: number) => string;
  readonly digestMeans: string;
  readonly waiting: (count: number) => string;
  readonly others: (count: number) => string;
  readonly duration: (days: number, hours: number, minutes: number, seconds: number) => string;
}
