import { isInScope, type MuteFacts } from '#shared/controls/index.ts';
import type { Conclusion, Control, ControlScope, Finding, Incident } from '#shared/model/index.ts';

/** Shapes that are kept of one fingerprint, the latest. */
const maxShapes = 4;
/** What an entry takes besides its texts. */
const entryBytes = 512;

/** A conclusion, and what it was said of. */
interface Entry {
  readonly incidentId: string;
  readonly facts: MuteFacts;
  readonly conclusion: Conclusion;
  readonly bytes: number;
}

/**
 * What the model has said, by failure and shape, so that it need not be asked the same again. What a person said of the failure
 * since voids it. Bounded by bytes: what was used longest ago goes first. Pure; moments are milliseconds since the epoch.
 */
export class VerdictCache {
  readonly #maxBytes: number;
  readonly #keepMs: number;
  /** By fingerprint, in the order of their last use. */
  readonly #entries = new Map<string, readonly Entry[]>();
  #bytes = 0;
  #feedback: readonly Control[] = [];

  constructor({ maxBytes, keepMs }: { maxBytes: number; keepMs: number }) {
    this.#maxBytes = maxBytes;
    this.#keepMs = keepMs;
  }

  /** Estimated bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether anything is known of the failure, in whatever shape. */
  knows(fingerprint: string): boolean {
    return this.#entries.has(fingerprint);
  }

  /**
   * What was said of the same failure in the same shape, marked as taken from there.
   *
   * @param facts of the incident that it is asked for now: what people said of any of the two voids it
   */
  get(shape: string, facts: MuteFacts, now: number): Conclusion | undefined {
    const entries = this.#entries.get(facts.fingerprint);
    const found = entries?.find(({ conclusion }) => conclusion.shape === shape);
    if (entries === undefined || found === undefined || this.#isVoid(found, facts, now)) return undefined;
    this.#entries.delete(facts.fingerprint);
    this.#entries.set(facts.fingerprint, entries);
    return { takenFrom: found.incidentId, ...found.conclusion };
  }

  /** Keeps what was said of an incident; not what says nothing, nor what is too old. */
  put(incidentId: string, facts: MuteFacts, conclusion: Conclusion, now: number): void {
    if (conclusion.verdict === 'unknown' || conclusion.shape === '') return;
    const bytes = entryBytes + 2 * JSON.stringify([facts, conclusion]).length;
    const entry = { incidentId, facts, conclusion, bytes };
    if (bytes > this.#maxBytes || this.#isVoid(entry, facts, now)) return;
    const others = (this.#entries.get(facts.fingerprint) ?? []).filter(
      (one) => one.conclusion.shape !== conclusion.shape,
    );
    this.#set(facts.fingerprint, [...others, entry].slice(-maxShapes));
    while (this.#bytes > this.#maxBytes) {
      const [oldest] = this.#entries.keys();
      if (oldest === undefined) break;
      this.#set(oldest, []);
    }
  }

  /** The controls as they are now. What new feedback speaks of is void, and what undone feedback spoke of as well. */
  heed(controls: readonly Control[]): void {
    const feedback = controls.filter(({ kind }) => kind === 'feedback');
    const now = new Set(feedback.map(identity));
    const undone = this.#feedback.filter((control) => !now.has(identity(control)));
    this.#feedback = feedback;
    if (undone.length > 0) this.#drop(undone.map(({ scope }) => scope));
  }

  #drop(scopes: readonly ControlScope[]): void {
    for (const [fingerprint, entries] of [...this.#entries])
      this.#set(
        fingerprint,
        entries.filter(({ facts }) => !scopes.some((scope) => isInScope(scope, facts))),
      );
  }

  #isVoid({ facts, conclusion }: Entry, asked: MuteFacts, now: number): boolean {
    const answeredAt = Date.parse(conclusion.answeredAt);
    // What people said while the model was at it, it has not been told.
    const askedAt = answeredAt - conclusion.durationMs;
    return (
      now - answeredAt >= this.#keepMs ||
      this.#feedback.some(
        ({ scope, createdAt }) =>
          Date.parse(createdAt) >= askedAt && (isInScope(scope, facts) || isInScope(scope, asked)),
      )
    );
  }

  #set(fingerprint: string, entries: readonly Entry[]): void {
    for (const { bytes } of this.#entries.get(fingerprint) ?? []) this.#bytes -= bytes;
    this.#entries.delete(fingerprint);
    if (entries.length === 0) return;
    this.#entries.set(fingerprint, entries);
    for (const { bytes } of entries) this.#bytes += bytes;
  }
}

function identity({ id, createdAt }: Control): string {
  return `${id} ${createdAt}`;
}

/** What feedback is matched with. */
export function factsOf(one: Incident | Omit<Finding, 'conclusion'>): MuteFacts {
  const { fingerprint, rule, service, type, hosts, template, pinned = false } = one;
  return {
    ...{ fingerprint, rule, service, type, pinned },
    hosts: hosts.map((host) => (typeof host === 'string' ? host : host.name)),
    template: template?.id,
    formerTemplates: template?.formerIds,
  };
}
