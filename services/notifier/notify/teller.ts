import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Finding, Group, MessageReason } from '#shared/model/index.ts';
import type { Preferences } from '#shared/routing/index.ts';
import type { Allowances } from './allowances.ts';
import type { AudienceConfig, Part } from './audience.ts';
import { messageOf } from './compose.ts';
import { type Decision, isEscalation, isFirstWord, kept, told, type Untold } from './decide.ts';
import { leadOf, newGroup, numberOf, takesIn, toldOf, withMember } from './group.ts';
import type { KnownFindings } from './known-findings.ts';
import type { Memory } from './memory.ts';
import { rung, takenOn, type Word, withEscalations } from './ringing.ts';
import { isWholeCard, type Saying, sayingOf, showing } from './saying.ts';

export interface TellerOptions {
  readonly config: AudienceConfig;
  /** Whether the channel's cards can be changed in place. */
  readonly canUpdate: (channel: string) => boolean;
  /** Whether like findings share a card there. Default: they do. */
  readonly sharesCards?: (channel: string) => boolean;
  /** What people and teams have said themselves, as it is now. */
  readonly preferences: () => Preferences;
  /** Told of each message that was put into an outbox. Must not throw. */
  readonly onMessage: (channel: string, reason: MessageReason) => void;
  /** Told of each card that is not sent, and why. Must not throw. */
  readonly onUntold: (channel: string, why: Untold) => void;
}

/** Carries out what was decided: puts findings on the cards of channels, and gives the messages. Keeps nothing itself. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #memory: Memory;
  readonly #findings: KnownFindings;
  readonly #allowances: Allowances;

  constructor(
    options: TellerOptions,
    parts: { readonly memory: Memory; readonly findings: KnownFindings; readonly allowances: Allowances },
  ) {
    this.#options = options;
    this.#memory = parts.memory;
    this.#findings = parts.findings;
    this.#allowances = parts.allowances;
  }

  /** Carries out a decision about a finding on a channel. */
  carryOut(
    decision: Exclude<Decision, undefined | { kind: 'wait' }>,
    channel: string,
    finding: Finding,
    part: Part | undefined,
    now: number,
  ): OutRecord[] {
    if (decision.kind === 'keep') return this.#keep(channel, finding, decision.untold, now);
    const { reason } = decision;
    const card = isFirstWord(reason) ? this.#cardFor(channel, finding, part, now) : undefined;
    const known = this.#memory.find(channel, finding.id);
    const isHeldBack =
      isFirstWord(reason) &&
      card === undefined &&
      !isEscalation(finding, known?.member) &&
      !this.#allowances.allows(channel, finding, now);
    if (!isHeldBack) return this.#tell({ channel, reason, part }, finding, card, now);
    this.#allowances.noteHeldBack(channel, finding, now);
    return this.#keep(channel, finding, 'held-back', now);
  }

  /** The card that a first word of the finding joins, where there is one: the newest that takes it in. */
  #cardFor(channel: string, finding: Finding, part: Part | undefined, now: number): Group | undefined {
    const known = this.#memory.find(channel, finding.id);
    // What was on a card once stays on it.
    if (known !== undefined && toldOf(known.group).length > 0)
      return takesIn(known.group, finding, now) ? known.group : undefined;
    const key = part?.destination.groupKey;
    if (key === undefined || finding.pinned === true || this.#options.sharesCards?.(channel) === false)
      return undefined;
    return this.#memory.joinable(channel, key, now).findLast((group) => takesIn(group, finding, now));
  }

  #tell(word: Word, finding: Finding, joins: Group | undefined, now: number): OutRecord[] {
    const { channel, reason } = word;
    const known = this.#memory.find(channel, finding.id);
    if (joins !== undefined && known !== undefined && joins.id !== known.group.id)
      this.#memory.end(known.group.id);
    const before = joins ?? known?.group;
    const member = withEscalations(told(finding, known?.member, reason, now), finding, word, now);
    const joined = withMember(before ?? newGroup(channel, finding, now), member);
    const group = takenOn(joins === undefined ? rung(joined, finding, word, now) : joined, finding, known);
    this.#findings.put(finding);
    const card = { group, before, isJoin: joins !== undefined, canUpdate: this.#options.canUpdate(channel) };
    return this.say(group, before, sayingOf(finding, reason, card, now), now);
  }

  #keep(channel: string, finding: Finding, untold: Untold | undefined, now: number): OutRecord[] {
    if (untold !== undefined) this.#options.onUntold(channel, untold);
    const known = this.#memory.find(channel, finding.id);
    const before = known?.group;
    const member = kept(finding, known?.member, untold);
    const group = takenOn(withMember(before ?? newGroup(channel, finding, now), member), finding, known);
    const isShown = known !== undefined && known.member.untold === undefined;
    if (isShown) this.#findings.put(finding);
    const card = { group, before, isJoin: false, canUpdate: this.#options.canUpdate(channel) };
    return this.say(group, before, isShown ? showing(card, now) : { when: 'never' }, now);
  }

  /** Puts the group into memory, and says what is to be said of it now. */
  say(group: Group, before: Group | undefined, saying: Saying, now: number): OutRecord[] {
    switch (saying.when) {
      case 'never':
        this.#put(group, now);
        return [];
      case 'later':
        this.#put({ ...group, pending: saying.pending }, now);
        return [];
      case 'now':
        return this.send(group, before, saying.reason, saying.about, now);
    }
  }

  /** Makes the group's next message: about this incident, or about its lead. */
  send(
    group: Group,
    before: Group | undefined,
    reason: MessageReason,
    about: string | undefined,
    now: number,
  ): OutRecord[] {
    const { pending, ...rest } = group;
    const canUpdate = this.#options.canUpdate(group.channel);
    const isKept = pending !== undefined && !isWholeCard(reason, canUpdate);
    const numbered: Group = {
      ...rest,
      ...(isKept && { pending }),
      number: (before === undefined ? 0 : numberOf(before)) + 1,
      saidAt: now,
    };
    this.#put(numbered, now);
    const finding = this.#subject(numbered, about);
    // Nothing is known of what is long over; there is nothing to say of it either.
    if (finding === undefined) return [];
    const { channel } = numbered;
    const { config, preferences } = this.#options;
    const composing = { config, preferences: preferences(), findings: this.#findings, canUpdate };
    const isFirst = isFirstWord(reason);
    const heldBack = this.#allowances.noteTold(channel, finding, isFirst, now);
    const message = messageOf(numbered, finding, reason, composing, now, heldBack);
    this.#options.onMessage(channel, reason);
    return [{ topic: topic.outbox(channel), partition: 0, key: numbered.id, value: JSON.stringify(message) }];
  }

  #subject(group: Group, about: string | undefined): Finding | undefined {
    for (const id of [about, leadOf(group), ...toldOf(group).map(({ incidentId }) => incidentId)]) {
      const finding = id === undefined ? undefined : this.#findings.finding(id);
      if (finding !== undefined) return finding;
    }
    return undefined;
  }

  #put(group: Group, now: number): void {
    this.#memory.put({ ...group, updatedAt: new Date(now).toISOString() });
  }
}
