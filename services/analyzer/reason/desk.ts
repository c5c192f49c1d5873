import { compareSeverity, type Finding, type Incident, type Severity } from '#shared/model/index.ts';
import { Case, type Circumstances } from './case.ts';
import type { WaitingQuestions } from './metrics.ts';
import type { Want } from './slots.ts';

/** Bytes of findings that one round gives out; the rest follows in the next. */
const roundBytes = 4 * 1024 * 1024;

/** For so long at least the bus keeps tombstones (Kafka's default of delete.retention.ms). */
const tombstonesKeptMs = 24 * 60 * 60 * 1000;

const none: WaitingQuestions = { count: 0, oldestMs: 0 };

/** What one round gives out, in this order. */
export interface Round {
  readonly findings: { readonly id: string; readonly json: string; readonly finding: Finding }[];
  /** Ids whose findings end, for their incidents have. */
  readonly ended: string[];
}

/** The question to be asked next. */
export interface Question extends Want {
  readonly id: string;
  readonly incident: Incident;
  /** It has made way for a more severe one before, and does so no more. */
  readonly wasPreempted: boolean;
  start(): void;
}

/**
 * All the cases of one partition: which findings are due, and which incident the model is asked about next. Incidents that
 * wait are bounded by bytes: beyond the bound the least severe questions are given up and their findings told without an
 * answer; where that is not enough nothing is held any more, and no more is read until there is room.
 */
export class Desk {
  readonly #maxBytes: number;
  readonly #cases = new Map<string, Case>();
  readonly #active = new Map<string, Case>();
  readonly #ended = new Set<string>();
  /** Findings that had ended before the takeover. */
  readonly #endedBefore = new Set<string>();
  /** Incidents that were read since the takeover; what has a finding and is not among them has ended. */
  #seen: Set<string> | undefined = new Set();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The takeover's reading is done: plans everything, and ends findings whose incident is no more. */
  open(at: Circumstances): void {
    for (const [id, one] of this.#cases) {
      if (this.#seen?.has(id) === false && one.isTold) this.#ended.add(id);
      this.#plan(id, one, at);
    }
    this.#seen = undefined;
    this.#endedBefore.clear();
  }

  get isOpen(): boolean {
    return this.#seen === undefined;
  }

  restore(finding: Finding): void {
    this.#endedBefore.delete(finding.id);
    this.#caseOf(finding.id).restore(finding);
  }

  /** The finding had ended. */
  restoreEnd(id: string): void {
    this.#endedBefore.add(id);
    this.#forget(id);
  }

  take(incident: Incident, bytes: number, at: Circumstances): void {
    this.#seen?.add(incident.id);
    this.#ended.delete(incident.id);
    const one = this.#caseOf(incident.id);
    one.take(incident, bytes);
    if (this.isOpen) this.#plan(incident.id, one, at);
  }

  /**
   * The incident is over and forgotten; its finding ends once all of it has been told. While the takeover is being read, one
   * without a finding came and went while nobody told findings, and is told still; unless its finding is known to have ended
   * too, or may have and the bus has forgotten: then nothing is told twice.
   *
   * @param endedAt when its end was published
   */
  end(id: string, endedAt: number, now: number): void {
    this.#seen?.add(id);
    const one = this.#cases.get(id);
    if (one === undefined) return;
    const wasTold = this.#endedBefore.has(id) || now - endedAt >= tombstonesKeptMs;
    if (!this.isOpen && !one.isTold && wasTold) this.#forget(id);
    else this.#ended.add(id);
  }

  /** Something came of asking. What has ended meanwhile is left alone. */
  settle(id: string, change: (one: Case) => void): void {
    const one = this.#cases.get(id);
    if (one?.ask !== 'running') return;
    change(one);
    this.#file(id, one);
  }

  /** The findings that are due, most severe first, and the endings. */
  round(at: Circumstances): Round {
    this.#shed(at);
    const findings: Round['findings'] = [];
    const bytes = this.#tell((id, one) => this.#ended.has(id) || one.isDue(at), at, 0, findings);
    // The last resort: what is held is told before its time.
    if (this.isFull) this.#tell(() => true, at, bytes, findings);
    const ended: string[] = [];
    for (const id of this.#ended) {
      const one = this.#cases.get(id);
      if (one?.dueAt !== undefined) continue; // it did not fit in this round
      if (one?.isTold) ended.push(id);
      this.#forget(id);
      this.#ended.delete(id);
    }
    return { findings, ended };
  }

  /** The incident to ask the model about next: the most severe, and of those the one that has waited longest. */
  next(): Question | undefined {
    let best: { id: string; one: Case; incident: Incident } | undefined;
    for (const [id, one] of this.#active) {
      if (one.ask !== 'waiting' || one.incident === undefined) continue;
      const order =
        best === undefined
          ? 1
          : compareSeverity(one.severity, best.one.severity) || best.one.waitingSince - one.waitingSince;
      if (order > 0) best = { id, one, incident: one.incident };
    }
    if (best === undefined) return undefined;
    const { id, one, incident } = best;
    return {
      id,
      incident,
      severity: one.severity,
      since: one.waitingSince,
      wasPreempted: one.wasPreempted,
      start: () => {
        one.ask = 'running';
      },
    };
  }

  /** Questions that wait to be asked, by severity. */
  questions(now: number): Record<Severity, WaitingQuestions> {
    const found = { info: none, warning: none, critical: none };
    for (const { ask, severity, waitingSince } of this.#active.values())
      if (ask === 'waiting') {
        const { count, oldestMs } = found[severity];
        found[severity] = { count: count + 1, oldestMs: Math.max(oldestMs, now - waitingSince) };
      }
    return found;
  }

  get waiting(): number {
    return this.#active.size;
  }

  /** Estimated bytes of the incidents that are kept. */
  get bytes(): number {
    let bytes = 0;
    for (const one of this.#active.values()) bytes += one.bytes;
    return bytes;
  }

  /** True where no more should be read until some of it has been told. */
  get isFull(): boolean {
    return this.bytes > this.#maxBytes;
  }

  /** Adds the findings of those that are chosen, up to the bytes of a round; gives the bytes so far. */
  #tell(
    isChosen: (id: string, one: Case) => boolean,
    at: Circumstances,
    bytesBefore: number,
    findings: Round['findings'],
  ): number {
    const chosen = [...this.#active]
      .filter(([id, one]) => one.dueAt !== undefined && isChosen(id, one))
      .sort(([, a], [, b]) => compareSeverity(b.severity, a.severity));
    let bytes = bytesBefore;
    for (const [id, one] of chosen) {
      if (bytes >= roundBytes) break;
      const finding = one.tell(at);
      this.#file(id, one);
      if (finding === undefined) continue;
      const json = JSON.stringify(finding);
      bytes += json.length;
      findings.push({ id, json, finding });
    }
    return bytes;
  }

  #shed(at: Circumstances): void {
    let excess = this.bytes - this.#maxBytes;
    if (excess <= 0) return;
    const waiting = [...this.#active]
      .filter(([, one]) => one.ask === 'waiting')
      .sort(([, a], [, b]) => compareSeverity(a.severity, b.severity) || a.waitingSince - b.waitingSince);
    for (const [id, one] of waiting) {
      if (excess <= 0) return;
      excess -= one.bytes;
      if (one.incident) one.giveUp('crowded', one.incident.materialRevision, at);
      this.#file(id, one);
    }
  }

  #forget(id: string): void {
    this.#cases.delete(id);
    this.#active.delete(id);
  }

  #caseOf(id: string): Case {
    const known = this.#cases.get(id);
    if (known !== undefined) return known;
    const one = new Case();
    this.#cases.set(id, one);
    return one;
  }

  #plan(id: string, one: Case, at: Circumstances): void {
    one.plan(at);
    this.#file(id, one);
  }

  #file(id: string, one: Case): void {
    if (one.isActive) this.#active.set(id, one);
    else this.#active.delete(id);
  }
}
