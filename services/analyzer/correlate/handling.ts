import type { ActionSignal, HistoryEntry, Incident } from '#shared/model/index.ts';

/** Entries of the history that are kept. */
export const historyCap = 12;

type Written = Pick<Incident, 'acknowledged' | 'assignee' | 'history'>;

/** What people did about one incident. */
export class Handling {
  #acknowledged: Written['acknowledged'];
  #assignee: Written['assignee'];
  #history: readonly HistoryEntry[];

  constructor({ acknowledged, assignee, history = [] }: Written) {
    this.#acknowledged = acknowledged;
    this.#assignee = assignee;
    this.#history = history;
  }

  /**
   * True where the action has been noted before. One that is older than all of a full history is taken for such: a platform sends an
   * event again for hours, and by then others may have pushed it out.
   */
  knows({ id, at }: ActionSignal): boolean {
    if (this.#history.some((entry) => entry.id === id)) return true;
    const oldest = this.#history.length < historyCap ? undefined : this.#history[0];
    return oldest !== undefined && Date.parse(at) <= Date.parse(oldest.at);
  }

  note({ id, at, action, by, to, note }: ActionSignal): void {
    const entry = { id, at, action, by, ...(to && { to }), ...(note !== undefined && { note }) };
    this.#history = [...this.#history, entry].slice(-historyCap);
  }

  /** Whoever takes it on last has it. */
  acknowledge({ by, at }: Pick<ActionSignal, 'by' | 'at'>): void {
    this.#acknowledged = { by, at };
    this.#assignee = by;
  }

  handOver(to: NonNullable<Written['assignee']>): void {
    this.#assignee = to;
  }

  /** It begins anew, and nobody has taken that on; who had it before is in the history. */
  reopened(): void {
    this.#acknowledged = undefined;
    this.#assignee = undefined;
  }

  written(): Written {
    return {
      ...(this.#acknowledged && { acknowledged: this.#acknowledged }),
      ...(this.#assignee && { assignee: this.#assignee }),
      ...(this.#history.length > 0 && { history: [...this.#history] }),
    };
  }

  /** An upper bound of its bytes in memory. */
  get bytes(): number {
    let characters = 0;
    for (const { id, by, to, note = '' } of this.#history)
      characters +=
        id.length + by.id.length + by.name.length + note.length + (to ? to.id.length + to.name.length : 0);
    return 256 * this.#history.length + 2 * characters;
  }
}
