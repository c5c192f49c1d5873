import { Allowance, type Finding, type HeldBack } from '#shared/model/index.ts';

const day = 24 * 60 * 60 * 1000;
/** For so long what was held back can still be told of, by the next card of its rule. */
const heldBackKeptMs = 7 * day;
/** Times that are remembered of one rule: a rule that may say more in its window is not held to it. */
const mostTimes = 1000;
const prefix = 'at-most/';

/** What the `at most` of each rule has let through to each channel, on one partition. Moments are milliseconds since the epoch. */
export class Allowances {
  readonly #kept = new Map<string, Allowance>();
  /** Ids of those whose state is to be written. */
  readonly #changed = new Set<string>();

  /** True for the keys of allowances on the topic that they share with groups. */
  static owns(key: string): boolean {
    return key.startsWith(prefix);
  }

  static idOf(channel: string, rule: string): string {
    return `${prefix}${channel}/${rule}`;
  }

  /** Takes in a record of the topic. What is no allowance is forgotten: a card too many is the safe way to fail. */
  restore(key: string, json: string | null): void {
    this.#kept.delete(key);
    if (json === null) return;
    try {
      this.#kept.set(key, Allowance.parse(JSON.parse(json)));
    } catch {
      // Only notify writes here.
    }
  }

  /** Whether the rule of the finding may have another card on the channel. */
  allows(channel: string, finding: Finding, now: number): boolean {
    const { atMost, rule } = finding;
    if (atMost === undefined || finding.pinned === true) return true;
    const told = this.#kept.get(Allowances.idOf(channel, rule))?.told ?? [];
    return told.filter((time) => time > now - atMost.windowMs).length < Math.min(atMost.count, mostTimes);
  }

  /**
   * A card of the rule goes out: it tells of what was held back since the last, and counts where it is the first word.
   *
   * @returns what it tells of
   */
  noteTold(
    channel: string,
    { atMost, rule, pinned }: Finding,
    isFirstWord: boolean,
    now: number,
  ): HeldBack | undefined {
    const id = Allowances.idOf(channel, rule);
    const before = this.#kept.get(id);
    const heldBack = before?.heldBack;
    const counts = isFirstWord && atMost !== undefined && pinned !== true;
    if (!counts && heldBack === undefined) return undefined;
    const windowMs = atMost?.windowMs ?? before?.windowMs ?? day;
    const told = (before?.told ?? []).filter((time) => time > now - windowMs);
    const most = Math.min(atMost?.count ?? mostTimes, mostTimes);
    this.#put({
      id,
      windowMs,
      told: counts ? [...told, now].slice(-most) : told,
      updatedAt: iso(now),
    });
    return heldBack;
  }

  /** A card of the rule is kept from the channel. */
  noteHeldBack(channel: string, { atMost, rule }: Finding, now: number): void {
    const id = Allowances.idOf(channel, rule);
    const before = this.#kept.get(id);
    const { count, since } = before?.heldBack ?? { count: 0, since: iso(now) };
    this.#put({
      id,
      windowMs: atMost?.windowMs ?? before?.windowMs ?? day,
      told: before?.told ?? [],
      heldBack: { count: count + 1, since },
      updatedAt: iso(now),
    });
  }

  /** Forgets those whose window is over and that have nothing to tell of, and has their states ended. */
  expire(now: number): void {
    for (const { id, told, windowMs, heldBack, updatedAt } of this.#kept.values()) {
      const isWindowOver = told.every((time) => time <= now - windowMs);
      if (isWindowOver && (heldBack === undefined || Date.parse(updatedAt) + heldBackKeptMs <= now))
        this.#end(id);
    }
  }

  /** What is to be written: the JSON of each that has changed, `null` for those that have ended. */
  takeChanged(): { id: string; json: string | null }[] {
    const changed = [...this.#changed].map((id) => {
      const allowance = this.#kept.get(id);
      return { id, json: allowance === undefined ? null : JSON.stringify(allowance) };
    });
    this.#changed.clear();
    return changed;
  }

  #put(allowance: Allowance): void {
    this.#kept.set(allowance.id, allowance);
    this.#changed.add(allowance.id);
  }

  #end(id: string): void {
    this.#kept.delete(id);
    this.#changed.add(id);
  }
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
