import { Group } from '#shared/model/index.ts';

const hour = 60 * 60 * 1000;

/**
 * How long after its resolution's reopening time a group is still known: so that a finding that comes late (a notifier that was
 * down for days, a model that answers at last) is not taken for a new one.
 */
const graceMs = 72 * hour;

/** Some 150,000 groups. Beyond it those that were resolved longest ago are forgotten first. */
const defaultMaxBytes = 64 * 1024 * 1024;

interface Kept {
  readonly group: Group;
  readonly bytes: number;
}

/** What every channel has been told of every incident: the groups of one partition. */
export class Memory {
  readonly #groups = new Map<string, Kept>();
  readonly #keepMs: number;
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param reopenHours for how long a resolved incident can be reopened */
  constructor(reopenHours: number, maxBytes = defaultMaxBytes) {
    this.#keepMs = reopenHours * hour + graceMs;
    this.#maxBytes = maxBytes;
  }

  get(id: string): Group | undefined {
    return this.#groups.get(id)?.group;
  }

  /** @param json the group as it is written */
  put(group: Group, json: string): void {
    this.delete(group.id);
    const bytes = 2 * json.length;
    this.#groups.set(group.id, { group, bytes });
    this.#bytes += bytes;
  }

  delete(id: string): void {
    this.#bytes -= this.#groups.get(id)?.bytes ?? 0;
    this.#groups.delete(id);
  }

  /** Takes in a record of the topic: a group, or `null` for one that has ended. Anything else is not ours and is passed over. */
  restore(key: string, json: string | null): void {
    if (json === null) {
      this.delete(key);
      return;
    }
    try {
      this.put(Group.parse(JSON.parse(json)), json);
    } catch {
      // Only notify writes here. Without the group its incident would be told once more, which is the safe way to fail.
      this.delete(key);
    }
  }

  /** Forgets and names the groups whose time is over, and beyond the bound in bytes those that matter least. */
  expire(now: number): string[] {
    const over: string[] = [];
    for (const [id, { group }] of this.#groups)
      if (isResolved(group) && Date.parse(group.updatedAt) + this.#keepMs <= now) over.push(id);
    for (const id of over) this.delete(id);
    if (this.#bytes <= this.#maxBytes) return over;
    const least = [...this.#groups.values()].sort(
      (a, b) =>
        Number(isResolved(b.group)) - Number(isResolved(a.group)) ||
        a.group.updatedAt.localeCompare(b.group.updatedAt),
    );
    for (const { group } of least) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(group.id);
      over.push(group.id);
    }
    return over;
  }
}

function isResolved(group: Group): boolean {
  return group.members.every((member) => member.state === 'resolved');
}
