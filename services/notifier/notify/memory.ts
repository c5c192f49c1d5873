import { Group, type GroupMember } from '#shared/model/index.ts';
import { isOver, nextDueOf } from './group.ts';

const hour = 60 * 60 * 1000;

/**
 * How long after its resolution's reopening time a group is still known: so that a finding that comes late (a notifier that was
 * down for days, a model that answers at last) is not taken for a new one.
 */
const graceMs = 72 * hour;

/** Some 100,000 groups. Beyond it those that were resolved longest ago are forgotten first. */
const defaultMaxBytes = 64 * 1024 * 1024;

interface Kept {
  readonly group: Group;
  readonly bytes: number;
}

/** What every channel has been told of every incident: the groups of one partition. */
export class Memory {
  readonly #groups = new Map<string, Kept>();
  /** For each incident the id of its group on each channel. */
  readonly #byIncident = new Map<string, Map<string, string>>();
  /** Ids of the groups with this key, by channel and key, as long as findings may join them. */
  readonly #joinable = new Map<string, Set<string>>();
  /** Ids of the groups that have a deadline. */
  readonly #timed = new Set<string>();
  /** Groups whose state is to be written. */
  readonly #changed = new Set<string>();
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

  /** The incident's group on the channel, and what the channel was told of it. */
  find(channel: string, incidentId: string): { group: Group; member: GroupMember } | undefined {
    const group = this.get(this.#byIncident.get(incidentId)?.get(channel) ?? '');
    const member = group?.members.find((each) => each.incidentId === incidentId);
    return group === undefined || member === undefined ? undefined : { group, member };
  }

  /** Channels that have a group with the incident. */
  channelsOf(incidentId: string): readonly string[] {
    return [...(this.#byIncident.get(incidentId)?.keys() ?? [])];
  }

  /** The groups that findings of this key may still join, in the order in which they were made. */
  joinable(channel: string, key: string, now: number): Group[] {
    const ids = this.#joinable.get(joinKey(channel, key));
    if (ids === undefined) return [];
    const groups: Group[] = [];
    for (const id of ids) {
      const group = this.get(id);
      if (group?.joinUntil !== undefined && group.joinUntil > now) groups.push(group);
      else ids.delete(id);
    }
    if (ids.size === 0) this.#joinable.delete(joinKey(channel, key));
    return groups.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
  }

  /** The groups of which a deadline has come, the one that has waited longest first. */
  due(now: number): Group[] {
    const found: { readonly group: Group; readonly at: number }[] = [];
    for (const id of this.#timed) {
      const group = this.get(id);
      const at = group === undefined ? undefined : nextDueOf(group);
      if (group === undefined || at === undefined) this.#timed.delete(id);
      else if (at <= now) found.push({ group, at });
    }
    return found
      .sort((a, b) => a.at - b.at || a.group.id.localeCompare(b.group.id))
      .map(({ group }) => group);
  }

  /** Takes the group in, whose state is to be written. */
  put(group: Group): void {
    this.#keep(group);
    this.#changed.add(group.id);
  }

  /** Forgets the group, and has its state ended. */
  end(id: string): void {
    this.#delete(id);
    this.#changed.add(id);
  }

  /** What is to be written: the JSON of each group that has changed, `null` for those that have ended. */
  takeChanged(): { id: string; json: string | null }[] {
    const changed = [...this.#changed].map((id) => {
      const group = this.get(id);
      return { id, json: group === undefined ? null : JSON.stringify(group) };
    });
    this.#changed.clear();
    return changed;
  }

  /** Takes in a record of the topic: a group, or `null` for one that has ended. Anything else is not ours and is passed over. */
  restore(key: string, json: string | null): void {
    this.#delete(key);
    if (json === null) return;
    try {
      this.#keep(Group.parse(JSON.parse(json)));
    } catch {
      // Only notify writes here. Without the group its incidents would be told once more, which is the safe way to fail.
    }
  }

  /** Forgets the groups whose time is over, and beyond the bound in bytes those that matter least; has their states ended. */
  expire(now: number): void {
    for (const [id, { group }] of this.#groups)
      if (isOver(group) && Date.parse(group.updatedAt) + this.#keepMs <= now) this.end(id);
    if (this.#bytes <= this.#maxBytes) return;
    const least = [...this.#groups.values()].sort(
      (a, b) =>
        Number(isOver(b.group)) - Number(isOver(a.group)) ||
        a.group.updatedAt.localeCompare(b.group.updatedAt),
    );
    for (const { group } of least) {
      if (this.#bytes <= this.#maxBytes) break;
      this.end(group.id);
    }
  }

  #keep(group: Group): void {
    this.#delete(group.id);
    const bytes = bytesOf(group);
    this.#groups.set(group.id, { group, bytes });
    this.#bytes += bytes;
    for (const { incidentId } of group.members) {
      const channels = this.#byIncident.get(incidentId) ?? new Map<string, string>();
      this.#byIncident.set(incidentId, channels.set(group.channel, group.id));
    }
    if (group.key !== undefined && group.joinUntil !== undefined) {
      const key = joinKey(group.channel, group.key);
      this.#joinable.set(key, (this.#joinable.get(key) ?? new Set()).add(group.id));
    }
    if (nextDueOf(group) !== undefined) this.#timed.add(group.id);
  }

  #delete(id: string): void {
    const kept = this.#groups.get(id);
    if (kept === undefined) return;
    this.#bytes -= kept.bytes;
    this.#groups.delete(id);
    this.#timed.delete(id);
    const { channel, key, members } = kept.group;
    for (const { incidentId } of members) {
      const channels = this.#byIncident.get(incidentId);
      if (channels?.get(channel) === id) channels.delete(channel);
      if (channels?.size === 0) this.#byIncident.delete(incidentId);
    }
    if (key === undefined) return;
    const like = this.#joinable.get(joinKey(channel, key));
    like?.delete(id);
    if (like?.size === 0) this.#joinable.delete(joinKey(channel, key));
  }
}

function joinKey(channel: string, key: string): string {
  return `${channel} ${key}`;
}

/** About what it takes: a fixed part, and some hundred bytes for each member and each name. */
function bytesOf({ id, key = '', members }: Group): number {
  const escalations = members.reduce((sum, member) => sum + (member.escalations?.length ?? 0), 0);
  return 600 + 2 * (2 * id.length + key.length) + members.length * 500 + escalations * 200;
}
