import type { OutRecord } from '#shared/bus/port.ts';
import { compareSeverity, type DueEscalation, type Group } from '#shared/model/index.ts';
import { ownChannels } from './audience.ts';
import { type Member, told } from './decide.ts';
import { newGroup, toldOf, withMember } from './group.ts';
import type { KnownFindings } from './known-findings.ts';
import type { Memory } from './memory.ts';
import type { Teller, TellerOptions } from './teller.ts';

/** Tells more people of what nobody takes on. */
export class Escalator {
  readonly #options: TellerOptions;
  readonly #memory: Memory;
  readonly #findings: KnownFindings;
  readonly #teller: Teller;

  constructor(
    options: TellerOptions,
    parts: { readonly memory: Memory; readonly findings: KnownFindings; readonly teller: Teller },
  ) {
    this.#options = options;
    this.#memory = parts.memory;
    this.#findings = parts.findings;
    this.#teller = parts.teller;
  }

  /**
   * Escalates what is due on a group's card: one message for all of it on the channel itself, and one on each further channel. What
   * was taken on meanwhile, with the card or by itself, is let be; what is muted, or told of on the card of its cause, is looked at
   * again later.
   */
  escalate(group: Group, now: number): OutRecord[] {
    const settled = this.#withoutTakenOn(group);
    const due = settled.members
      .filter((member) => (member.escalations?.[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= now)
      .filter(({ incidentId }) => !this.#isQuiet(group.channel, incidentId))
      .sort((a, b) => compareSeverity(b.severity, a.severity));
    const [first] = due;
    if (first === undefined) {
      if (settled !== group) this.#memory.put(settled);
      return [];
    }
    const steps = due.flatMap(({ escalations = [] }) => escalations.filter(({ dueAt }) => dueAt <= now));
    const tell = namesIn(steps, 'tell');
    let next: Group = { ...settled, tell: [...new Set([...(settled.tell ?? []), ...tell])] };
    for (const member of due) next = withMember(next, withoutDue(member, now));
    if (toldOf(next).length > 1) next = { ...next, lead: first.incidentId };
    const records = this.#teller.send(next, group, 'unacknowledged', first.incidentId, now);
    const channels = namesIn(steps, 'channels').filter((name) =>
      Object.hasOwn(this.#options.config.channels, name),
    );
    const { config, preferences } = this.#options;
    const own = ownChannels(tell, first.severity, config, preferences());
    for (const channel of new Set([...channels, ...own])) {
      if (channel === group.channel) continue;
      const goals = channels.includes(channel) ? { tell, fallback: next.fallback ?? [] } : {};
      records.push(...this.#tellOn(channel, due, goals, now));
    }
    return records;
  }

  /** What was taken on or is over escalates no more. */
  #withoutTakenOn(group: Group): Group {
    return group.members.reduce((before, member) => {
      const { escalations, ...rest } = member;
      const isTakenOn = this.#findings.get(member.incidentId)?.isAcknowledged ?? false;
      const isLeft = escalations !== undefined && (isTakenOn || member.state === 'resolved');
      return isLeft ? withMember(before, rest) : before;
    }, group);
  }

  #isQuiet(channel: string, incidentId: string): boolean {
    const known = this.#findings.get(incidentId);
    if (known?.isMuted === true) return true;
    if (known?.causedBy === undefined) return false;
    const cause = this.#memory.find(channel, known.causedBy)?.member;
    return cause !== undefined && cause.untold === undefined;
  }

  /**
   * Tells another channel of them: on the cards that they have there, and the others on one of their own.
   *
   * @param goals whom its cards call, and who takes its place
   */
  #tellOn(
    channel: string,
    due: readonly Member[],
    goals: Pick<Group, 'tell' | 'fallback'>,
    now: number,
  ): OutRecord[] {
    const cards = new Map<string, Card>();
    let own: string | undefined;
    for (const { incidentId } of due) {
      const finding = this.#findings.finding(incidentId);
      if (finding === undefined) continue;
      const known = this.#memory.find(channel, incidentId);
      const before = known?.group ?? (own === undefined ? undefined : this.#memory.get(own));
      const member = told(finding, known?.member, known === undefined ? 'opened' : 'escalated', now);
      const group = withMember(before ?? { ...newGroup(channel, finding, now), ...goals }, member);
      if (known === undefined) own ??= group.id;
      this.#memory.put(group);
      if (!cards.has(group.id)) cards.set(group.id, { before, about: incidentId });
    }
    return [...cards].flatMap(([id, { before, about }]) => {
      const group = this.#memory.get(id);
      return group === undefined ? [] : this.#teller.send(group, before, 'unacknowledged', about, now);
    });
  }
}

interface Card {
  readonly before: Group | undefined;
  readonly about: string;
}

function namesIn(steps: readonly DueEscalation[], what: 'channels' | 'tell'): string[] {
  return [...new Set(steps.flatMap((step) => step[what]))];
}

function withoutDue(member: Member, now: number): Member {
  const { escalations = [], ...rest } = member;
  const left = escalations.filter(({ dueAt }) => dueAt > now);
  return left.length === 0 ? rest : { ...rest, escalations: left };
}
