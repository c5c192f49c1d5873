import {
  type Conclusion,
  type Finding,
  type FoundRunbook,
  type Incident,
  isTakenIn,
  type PastFinding,
  type Reasoning,
  type RelatedIncident,
  type Severity,
} from '#shared/model/index.ts';
import type { Known } from './context.ts';
import { findingOf } from './finding-of.ts';
import type { Language } from './language.ts';
import { noteOf, type Without } from './note.ts';
import { decideSeverity, severityInput } from './severity.ts';

/** Between two findings that differ in counts only. */
const countsEveryMs = 5000;
/** A line that was under way for longer was waiting for us to come back, or its clock is wrong. */
const catchUpMs = 60_000;
/** Failed calls about the same material revision after which the model is not asked again. */
const attemptsAtMost = 2;

/** What surrounds a decision about a case. */
export interface Circumstances {
  readonly now: number;
  readonly language: Language;
  readonly hasModel: boolean;
  /** Why no answer is to be expected soon; undefined where one is. */
  readonly away: Without | undefined;
  /** How long a finding is held for the model, in milliseconds. */
  readonly holdMs: Readonly<Record<Severity, number>>;
  /** What the model said before of the same failure in the same shape. */
  readonly recall: (incident: Incident) => Conclusion | undefined;
  readonly known: (incident: Incident) => Known;
  readonly hardwareOf: (incident: Incident) => RelatedIncident | undefined;
}

/** What was looked up for a question and stands on the finding from then on. */
export interface Found {
  readonly similar: readonly PastFinding[];
  readonly runbooks: readonly FoundRunbook[];
}

/** Why a material revision is not asked about any more. */
export type GivenUp = 'unusable' | 'failed' | 'crowded';

/** The little that is remembered of the finding told last. */
interface Told {
  readonly revision: number;
  readonly incidentRevision: number;
  readonly materialRevision: number;
  readonly reasoning: Reasoning;
  readonly openings: number;
  /** Of the first revision since it was opened last. */
  readonly detectedAt: string | undefined;
  /** Id of the newest thing that a person did about it. */
  readonly action: string | undefined;
  readonly at: number;
}

/** How far reasoning got, and where it got nowhere, why. */
interface Standing {
  readonly reasoning: Reasoning;
  readonly without?: Without;
}

/**
 * One incident on reason's desk: what has been told of it, what is still to be told and by when, and whether the model is to
 * be asked. The incident itself is kept only while there is something to do. Moments are milliseconds since the epoch.
 */
export class Case {
  #told: Told | undefined;
  #conclusion: Conclusion | undefined;
  #found: Found = { similar: [], runbooks: [] };
  /** The newest material revision that the model has answered, and the one that it was given up for. */
  #concluded = 0;
  #givenUp = 0;
  #givenUpFor: GivenUp = 'failed';
  #attempts = 0;
  #bytes = 0;
  incident: Incident | undefined;
  /** When the newest state must be told; undefined where it has been. */
  dueAt: number | undefined;
  /** It is due later only because an answer of the model is expected. */
  isHeld = false;
  ask: 'none' | 'waiting' | 'running' = 'none';
  /** Since when it has waited to be asked. */
  waitingSince = 0;
  /** The question had to make way for a more severe one before. */
  wasPreempted = false;
  severity: Severity = 'info';

  /** From the finding that was told last. */
  restore(finding: Finding): void {
    this.#told = {
      revision: finding.revision,
      incidentRevision: finding.incidentRevision,
      materialRevision: finding.materialRevision,
      reasoning: finding.reasoning,
      openings: finding.openings,
      detectedAt: finding.detectedAt ?? finding.createdAt,
      action: newestAction(finding),
      at: Date.parse(finding.createdAt),
    };
    this.#conclusion = finding.conclusion;
    const runbooks = finding.reasoning === 'model' ? (finding.runbooks ?? []) : [];
    this.#found = { similar: finding.similar ?? [], runbooks };
    this.#concluded = finding.reasoning === 'model' ? finding.materialRevision : 0;
  }

  /** Puts the newest state in the place of the one before it. */
  take(incident: Incident, bytes: number): void {
    this.incident = incident;
    this.#bytes = bytes;
  }

  get isTold(): boolean {
    return this.#told !== undefined;
  }

  /** Whether there is something to tell or to ask. */
  get isActive(): boolean {
    return this.dueAt !== undefined || this.ask !== 'none';
  }

  /** Estimated bytes of the incident that is kept. */
  get bytes(): number {
    return this.incident === undefined ? 0 : this.#bytes;
  }

  /** Decides what is to be done about the newest state. */
  plan(at: Circumstances): void {
    this.#decide(at);
    this.#release();
  }

  #decide(at: Circumstances): void {
    const { incident } = this;
    if (incident === undefined) return;
    if (this.ask === 'none' && this.#shouldAsk(incident, at)) {
      const recalled = at.recall(incident);
      if (recalled !== undefined) {
        this.#conclusion = recalled;
        this.#concluded = incident.materialRevision;
        this.dueAt = at.now;
      }
    }
    this.severity = this.#severityOf(incident, at);
    const asks = this.#shouldAsk(incident, at);
    if (asks && this.ask === 'none') {
      this.ask = 'waiting';
      this.waitingSince = at.now;
    } else if (!asks && this.ask === 'waiting') this.ask = 'none';

    if (this.#told === undefined || this.#told.incidentRevision < incident.revision) {
      const { due, isHeld } = this.#deadline(incident, at);
      // A hold begins once: further changes neither prolong it nor are they told before it ends.
      const before = isHeld && !this.isHeld ? undefined : this.dueAt;
      this.dueAt = Math.min(before ?? Number.POSITIVE_INFINITY, due);
      this.isHeld = isHeld && this.dueAt > at.now;
    }
  }

  /** Lets go of the incident where there is nothing left to do about it. */
  #release(): void {
    if (!this.isActive) this.incident = undefined;
  }

  /** Whether its finding must go out now. */
  isDue(at: Circumstances): boolean {
    if (this.dueAt === undefined) return false;
    return this.dueAt <= at.now || (this.isHeld && at.away !== undefined);
  }

  /** The next revision of its finding; from then on it counts as told. Undefined where nothing is known of the incident. */
  tell(at: Circumstances): Finding | undefined {
    const { incident } = this;
    if (incident === undefined) return undefined;
    const { reasoning, without } = this.#standing(incident, at);
    const { runbooks, assets, machines } = at.known(incident);
    const finding = findingOf(incident, {
      now: at.now,
      detectedAt: this.#told?.openings === incident.openings ? this.#told.detectedAt : undefined,
      language: at.language,
      revision: (this.#told?.revision ?? 0) + 1,
      reasoning,
      reasoningNote: without && noteOf(without, at.language),
      conclusion: this.#conclusion,
      runbooks: this.#found.runbooks.length > 0 ? this.#found.runbooks : runbooks,
      similar: this.#found.similar,
      assets,
      machines,
      hardware: at.hardwareOf(incident),
    });
    this.#told = {
      revision: finding.revision,
      incidentRevision: finding.incidentRevision,
      materialRevision: finding.materialRevision,
      reasoning: finding.reasoning,
      openings: finding.openings,
      detectedAt: finding.detectedAt,
      action: newestAction(finding),
      at: at.now,
    };
    this.dueAt = undefined;
    this.isHeld = false;
    this.#release();
    return finding;
  }

  /** The model answered about the state at this material revision. */
  conclude(conclusion: Conclusion, materialRevision: number, at: Circumstances): void {
    this.#endQuestion();
    this.#attempts = 0;
    this.#conclusion = conclusion;
    this.#concluded = Math.max(this.#concluded, materialRevision);
    this.#decide(at);
    this.#tellNow(at);
  }

  /** What was looked up for its question. */
  find(found: Found): void {
    this.#found = found;
  }

  /** The call came to nothing; unless the state has changed materially it is asked again only so often. */
  fail(kind: 'absent' | 'failed' | 'unusable', materialRevision: number, at: Circumstances): void {
    this.#endQuestion();
    if (kind === 'failed') this.#attempts += 1;
    if (kind === 'unusable' || this.#attempts >= attemptsAtMost)
      this.giveUp(kind === 'unusable' ? 'unusable' : 'failed', materialRevision, at);
    else this.plan(at);
  }

  /** The question had to make way for a more severe one; it goes back to where it was in the queue. */
  putOff(at: Circumstances): void {
    this.ask = 'waiting';
    this.wasPreempted = true;
    this.plan(at);
  }

  /** Asks no more about this material revision, and says so where the finding still promises an answer. */
  giveUp(why: GivenUp, materialRevision: number, at: Circumstances): void {
    this.#endQuestion();
    this.#attempts = 0;
    this.#givenUp = materialRevision;
    this.#givenUpFor = why;
    const { incident, isHeld } = this;
    this.#decide(at);
    if (incident && (isHeld || this.#told?.reasoning !== this.#standing(incident, at).reasoning))
      this.#tellNow(at);
    this.#release();
  }

  #endQuestion(): void {
    this.ask = 'none';
    this.wasPreempted = false;
  }

  #tellNow(at: Circumstances): void {
    this.dueAt = at.now;
    this.isHeld = false;
  }

  #shouldAsk(incident: Incident, { hasModel }: Circumstances): boolean {
    return (
      hasModel &&
      incident.state !== 'resolved' &&
      !isUntold(incident) &&
      incident.materialRevision > Math.max(this.#concluded, this.#givenUp)
    );
  }

  #deadline(incident: Incident, at: Circumstances): { due: number; isHeld: boolean } {
    const told = this.#told;
    // Whoever clicked looks at the card; the model's answer follows as ever.
    if (told !== undefined && told.action !== newestAction(incident)) return { due: at.now, isHeld: false };
    if (told !== undefined && told.materialRevision >= incident.materialRevision)
      return { due: told.at + countsEveryMs, isHeld: false };
    const isHeld = this.ask !== 'none' && incident.state !== 'resolved' && at.away === undefined;
    if (!isHeld) return { due: at.now, isHeld };
    // What a line needed to get here counts towards the hold, so that a busy machine does not add to it.
    const underWay = told === undefined ? at.now - Date.parse(incident.lastArrivedAt) : 0;
    const spent = underWay > 0 && underWay < catchUpMs ? underWay : 0;
    return { due: Math.max(at.now, at.now + at.holdMs[this.severity] - spent), isHeld };
  }

  #severityOf(incident: Incident, { language, hardwareOf }: Circumstances): Severity {
    return decideSeverity(severityInput(incident, this.#conclusion, hardwareOf(incident)), language).severity;
  }

  #standing(incident: Incident, at: Circumstances): Standing {
    if (!at.hasModel) return { reasoning: 'off' };
    if (this.#concluded >= incident.materialRevision) return { reasoning: 'model' };
    const isFinal = incident.state === 'resolved' || isUntold(incident);
    // What was said before holds for an end that nobody asked about.
    if (isFinal && this.#conclusion) return { reasoning: 'model' };
    if (isUntold(incident)) return { reasoning: 'off' };
    if (this.ask === 'running') return { reasoning: 'pending', without: { kind: 'busy' } };
    if (isFinal) return { reasoning: 'unavailable', without: { kind: 'over' } };
    if (this.#givenUp >= incident.materialRevision)
      return { reasoning: 'unavailable', without: { kind: this.#givenUpFor } };
    if (at.away === undefined) return { reasoning: 'pending', without: { kind: 'busy' } };
    return { reasoning: at.away.kind === 'loading' ? 'pending' : 'unavailable', without: at.away };
  }
}

/** A person's action is always new in the history, and nothing else is. */
function newestAction({ history }: Pick<Incident, 'history'>): string | undefined {
  return history?.at(-1)?.id;
}

/** True where nobody is told of it now, so that the model's time is better spent on others. */
function isUntold(incident: Incident): boolean {
  return incident.old || incident.muted !== undefined || isTakenIn(incident);
}
