import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { messageOf } from '#shared/errors/index.ts';
import { Finding, type Group, type Message, type MessageReason } from '#shared/model/index.ts';
import { Allowances } from './allowances.ts';
import { briefFinding } from './brief.ts';
import { decide, isEscalation, isFirstWord, kept, type Member, told, type Untold } from './decide.ts';
import { Memory } from './memory.ts';
import { Waiting } from './waiting.ts';

export interface NotifyOptions {
  readonly config: Pick<Config, 'routes' | 'channels' | 'incidents'>;
  /** Told of each message that was put into an outbox. Must not throw. */
  readonly onMessage: (channel: string, reason: MessageReason) => void;
  /** Told of each card that is not sent, and why. Must not throw. */
  readonly onUntold: (channel: string, why: Untold) => void;
  /** Told of each record that is no finding, and why. Must not throw. */
  readonly onUnreadable: (why: string) => void;
}

export const notifyStageName = 'notify';

const expiryMs = 60_000;
/** How long a finding waits for the one that has taken it in to be told: the model holds up one a little longer than the other. */
const causeWaitMs = 15_000;
/** When a follow-up tells of the incidents that one has taken in: so long after the last word, and then at most once in a window. */
const affectedFirstMs = 30_000;
const affectedWindowMs = 10 * 60_000;

function parseFinding(json: string): Finding | string {
  try {
    const parsed = Finding.safeParse(JSON.parse(json));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return `not a Finding: ${issue?.path.join('.')}: ${issue?.message}`;
  } catch (thrown) {
    return `not JSON: ${messageOf(thrown)}`;
  }
}

/** The channels that hear of a log type: those of its route, or all of them. */
export function channelsOf(type: string, config: Pick<Config, 'routes' | 'channels'>): readonly string[] {
  return config.routes[type]?.channels ?? Object.keys(config.channels);
}

/** Finding → the messages that its channels have to hear, on one partition. Pure. */
export class NotifyTask implements StageTask {
  readonly #options: NotifyOptions;
  readonly #partition: number;
  readonly #memory: Memory;
  readonly #allowances = new Allowances();
  readonly #waiting = new Waiting();
  readonly #dead: { readonly offset: number; readonly letter: OutRecord }[] = [];
  #expiredAt = 0;
  /** What has been read, and what has been committed of it. */
  #next: number | undefined;
  #covered: number | undefined;

  constructor(options: NotifyOptions, partition: number) {
    this.#options = options;
    this.#partition = partition;
    this.#memory = new Memory(options.config.incidents.reopenHours);
  }

  restore(record: BusRecord): void {
    const key = record.key?.toString('utf8') ?? '';
    const json = record.value?.toString('utf8') ?? null;
    if (Allowances.owns(key)) this.#allowances.restore(key, json);
    else this.#memory.restore(key, json);
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    const records: OutRecord[] = [];
    if (input.kind === 'batch') {
      for (const record of input.records) {
        records.push(...this.#take(record, now));
        this.#next = record.offset + 1;
      }
    } else {
      for (const { channel, finding, offset } of this.#waiting.takeDue(now))
        records.push(...this.#tell(channel, finding, offset, now, true));
      if (now - this.#expiredAt >= expiryMs) {
        this.#expiredAt = now;
        for (const id of [...this.#memory.expire(now), ...this.#allowances.expire(now)])
          records.push(this.#stateRecord(id, null));
      }
    }
    const covers = this.#covers();
    return { records: [...this.#takeDead(covers ?? 0), ...records], ...(covers !== undefined && { covers }) };
  }

  /** Up to the first finding that still waits. */
  #covers(): number | undefined {
    if (this.#next === undefined) return undefined;
    const covers = Math.min(this.#next, this.#waiting.firstOffset);
    if (covers === this.#covered) return undefined;
    this.#covered = covers;
    return covers;
  }

  /** Dead letters go out with the offset that covers them, or a replay would send them twice. */
  #takeDead(covers: number): OutRecord[] {
    const first = this.#dead.findIndex(({ offset }) => offset >= covers);
    return this.#dead.splice(0, first < 0 ? this.#dead.length : first).map(({ letter }) => letter);
  }

  #take(record: BusRecord, now: number): OutRecord[] {
    if (record.value === null) return [];
    const finding = parseFinding(record.value.toString('utf8'));
    if (typeof finding === 'string') {
      this.#options.onUnreadable(finding);
      this.#dead.push({ offset: record.offset, letter: deadLetter(record, notifyStageName, finding, now) });
      return [];
    }
    return channelsOf(finding.type, this.#options.config).flatMap((channel) =>
      this.#tell(channel, finding, record.offset, now, false),
    );
  }

  #tell(channel: string, finding: Finding, offset: number, now: number, hasWaited: boolean): OutRecord[] {
    const groupId = groupIdOf(channel, finding.id);
    const member = this.#memberOf(channel, finding.id);
    const isCauseTold = finding.causedBy !== undefined && this.#isTold(channel, finding.causedBy.id);
    const decision = decide(finding, member, { isCauseTold, hasWaited });
    if (decision?.kind === 'wait') {
      const dueAt = decision.on === 'cause' ? now + causeWaitMs : this.#affectedDueAt(groupId, member);
      const waiter = { channel, finding: briefFinding(finding), offset, dueAt };
      if (dueAt > now && this.#waiting.put(groupId, waiter)) return [];
      return this.#tell(channel, finding, offset, now, true);
    }
    this.#waiting.end(groupId);
    if (decision === undefined) return [];
    if (decision.kind === 'keep') return this.#keep(channel, finding, member, decision.untold, now);
    const { reason } = decision;
    const isHeldBack =
      isFirstWord(reason) &&
      !isEscalation(finding, member) &&
      !this.#allowances.allows(channel, finding, now);
    if (!isHeldBack) return this.#send(channel, finding, member, reason, now);
    const allowance = this.#allowances.noteHeldBack(channel, finding, now);
    return [
      ...this.#keep(channel, finding, member, 'held-back', now),
      this.#stateRecord(allowance.id, JSON.stringify(allowance)),
    ];
  }

  #send(
    channel: string,
    finding: Finding,
    member: Member | undefined,
    reason: MessageReason,
    now: number,
  ): OutRecord[] {
    const groupId = groupIdOf(channel, finding.id);
    const { heldBack, changed } = this.#allowances.noteTold(channel, finding, isFirstWord(reason), now);
    const message: Message = {
      id: `${groupId}:${finding.revision}`,
      traceId: finding.traceId,
      channel,
      groupId,
      reason,
      finding: briefFinding(finding),
      ...(heldBack && { heldBack }),
      queuedAt: new Date(now).toISOString(),
    };
    this.#options.onMessage(channel, reason);
    return [
      { topic: topic.outbox(channel), partition: 0, key: finding.id, value: JSON.stringify(message) },
      this.#remember(channel, told(finding, member, reason), now),
      ...(changed === undefined ? [] : [this.#stateRecord(changed.id, JSON.stringify(changed))]),
    ];
  }

  #keep(
    channel: string,
    finding: Finding,
    member: Member | undefined,
    untold: Untold | undefined,
    now: number,
  ): OutRecord[] {
    if (untold !== undefined) this.#options.onUntold(channel, untold);
    return [this.#remember(channel, kept(finding, member, untold), now)];
  }

  #remember(channel: string, member: Member, now: number): OutRecord {
    const at = new Date(now).toISOString();
    const id = groupIdOf(channel, member.incidentId);
    const createdAt = this.#memory.get(id)?.createdAt ?? at;
    const group: Group = { id, channel, members: [member], createdAt, updatedAt: at };
    const json = JSON.stringify(group);
    this.#memory.put(group, json);
    return this.#stateRecord(id, json);
  }

  #memberOf(channel: string, incidentId: string): Member | undefined {
    return this.#memory
      .get(groupIdOf(channel, incidentId))
      ?.members.find((each) => each.incidentId === incidentId);
  }

  /** Whether the channel knows of the incident. That it is over does not matter: correlation says how long it remains a cause. */
  #isTold(channel: string, incidentId: string): boolean {
    const member = this.#memberOf(channel, incidentId);
    return member !== undefined && member.untold === undefined;
  }

  #affectedDueAt(groupId: string, member: Member | undefined): number {
    const last = Date.parse(this.#memory.get(groupId)?.updatedAt ?? '') || 0;
    return last + ((member?.dependants ?? 0) > 0 ? affectedWindowMs : affectedFirstMs);
  }

  #stateRecord(id: string, json: string | null): OutRecord {
    return { topic: topic.groups, partition: this.#partition, key: id, value: json };
  }
}

function groupIdOf(channel: string, incidentId: string): string {
  return `${channel}:${incidentId}`;
}
