import { deadLetter } from '#shared/bus/dead-letter.ts';
import type {
  BusRecord,
  OutRecord,
  StageContext,
  StageInput,
  StageResult,
  StageTask,
} from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Config } from '#shared/config/index.ts';
import { Finding, type Group } from '#shared/model/index.ts';
import { Allowances } from './allowances.ts';
import { type AudienceConfig, isForNewOnes, isUnwanted, type Part, routedTo } from './audience.ts';
import { briefFinding } from './brief.ts';
import { decide, type Member } from './decide.ts';
import { Escalator } from './escalating.ts';
import { isAllResolved } from './group.ts';
import { KnownFindings } from './known-findings.ts';
import { Memory } from './memory.ts';
import { Teller, type TellerOptions } from './teller.ts';
import { Waiting } from './waiting.ts';

export interface NotifyOptions extends TellerOptions {
  readonly config: AudienceConfig & Pick<Config, 'incidents'>;
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

/** Finding → the messages that its channels have to hear, on one partition. Pure. */
export class NotifyTask implements StageTask {
  readonly #options: NotifyOptions;
  readonly #partition: number;
  readonly #memory: Memory;
  readonly #findings = new KnownFindings();
  readonly #allowances = new Allowances();
  readonly #waiting = new Waiting();
  readonly #teller: Teller;
  readonly #escalator: Escalator;
  readonly #dead: { readonly offset: number; readonly letter: OutRecord }[] = [];
  #expiredAt = 0;
  /** What has been read, and what has been committed of it. */
  #next: number | undefined;
  #covered: number | undefined;

  constructor(options: NotifyOptions, partition: number) {
    this.#options = options;
    this.#partition = partition;
    this.#memory = new Memory(options.config.incidents.reopenHours);
    const kept = { memory: this.#memory, findings: this.#findings, allowances: this.#allowances };
    this.#teller = new Teller(options, kept);
    this.#escalator = new Escalator(options, { ...kept, teller: this.#teller });
  }

  /** Groups come first, so that of the findings only those that are on a card are kept. */
  restore(record: BusRecord): void {
    const key = record.key?.toString('utf8') ?? '';
    if (record.topic === topic.findings) this.#restoreFinding(key, record.value);
    else {
      const json = record.value?.toString('utf8') ?? null;
      if (Allowances.owns(key)) this.#allowances.restore(key, json);
      else this.#memory.restore(key, json);
    }
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    const messages: OutRecord[] = [];
    if (input.kind === 'batch')
      for (const record of input.records) {
        messages.push(...this.#take(record, now));
        this.#next = record.offset + 1;
      }
    else if (input.kind === 'tick') messages.push(...this.#tick(input.caughtUp, now));
    const covers = this.#covers();
    return {
      records: [...this.#takeDead(covers ?? 0), ...messages, ...this.#takeState()],
      ...(covers !== undefined && { covers }),
    };
  }

  #tick(caughtUp: boolean, now: number): OutRecord[] {
    const messages: OutRecord[] = [];
    for (const { channel, finding, part, offset } of this.#waiting.takeDue(now))
      messages.push(...this.#judge(channel, finding, part, offset, now, true));
    for (const group of this.#memory.due(now)) messages.push(...this.#meet(group, caughtUp, now));
    if (now - this.#expiredAt >= expiryMs) {
      this.#expiredAt = now;
      this.#memory.expire(now);
      this.#allowances.expire(now);
      this.#findings.retain((id) => this.#isOnCard(id));
    }
    return messages;
  }

  /**
   * Does what a group's deadlines ask for. Whether somebody has taken it on, or more has joined, may stand in what is not read yet, so
   * all but changes of a card wait until everything is.
   */
  #meet(group: Group, caughtUp: boolean, now: number): OutRecord[] {
    if (!caughtUp && !this.#options.canUpdate(group.channel)) return [];
    const messages = caughtUp ? this.#escalator.escalate(group, now) : [];
    const after = this.#memory.get(group.id);
    if (after?.pending === undefined || after.pending.dueAt > now) return messages;
    const reason = isAllResolved(after) ? 'resolved' : after.pending.reason;
    return [...messages, ...this.#teller.send(after, after, reason, undefined, now)];
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
    const read = readValue(Finding, record.value);
    if (!read.ok) {
      const why = `not a Finding: ${read.reason}`;
      this.#options.onUnreadable(why);
      this.#dead.push({ offset: record.offset, letter: deadLetter(record, notifyStageName, why, now) });
      return [];
    }
    const finding = read.value;
    const records = [...this.#audienceOf(finding, now)].flatMap(([channel, part]) =>
      this.#judge(channel, finding, part, record.offset, now, false),
    );
    if (this.#isOnCard(finding.id)) this.#findings.put(finding);
    return records;
  }

  /** The channels that are to hear of the finding, and their parts by its route where they have one. */
  #audienceOf(finding: Finding, now: number): Map<string, Part | undefined> {
    const { config } = this.#options;
    const preferences = this.#options.preferences();
    const routed = routedTo(finding, config, preferences, now);
    const known: Member[] = [];
    const audience = new Map<string, Part | undefined>();
    for (const channel of Object.keys(config.channels)) {
      const member = this.#memory.find(channel, finding.id)?.member;
      if (member !== undefined) known.push(member);
      else if (!this.#waiting.has(channel, finding.id)) continue;
      const part = routed.get(channel);
      if (part === undefined && isUnwanted(channel, config, preferences)) continue;
      audience.set(channel, part);
    }
    const isAsBefore = audience.size > 0 && !isForNewOnes(finding, known);
    if (!isAsBefore) for (const [channel, part] of routed) audience.set(channel, part);
    return audience;
  }

  #judge(
    channel: string,
    finding: Finding,
    part: Part | undefined,
    offset: number,
    now: number,
    hasWaited: boolean,
  ): OutRecord[] {
    const known = this.#memory.find(channel, finding.id);
    const isCauseTold = finding.causedBy !== undefined && this.#isTold(channel, finding.causedBy.id);
    const isUpdated = this.#options.canUpdate(channel);
    const decision = decide(finding, known?.member, { isCauseTold, hasWaited, isUpdated });
    if (decision?.kind === 'wait') {
      const dueAt = decision.on === 'cause' ? now + causeWaitMs : affectedDueAt(known);
      const waiter = { channel, finding: briefFinding(finding), part, offset, dueAt };
      if (dueAt > now && this.#waiting.put(waiter)) return [];
      return this.#judge(channel, finding, part, offset, now, true);
    }
    this.#waiting.end(channel, finding.id);
    return decision === undefined ? [] : this.#teller.carryOut(decision, channel, finding, part, now);
  }

  /** Whether the channel knows of the incident. That it is over does not matter: correlation says how long it remains a cause. */
  #isTold(channel: string, incidentId: string): boolean {
    const member = this.#memory.find(channel, incidentId)?.member;
    return member !== undefined && member.untold === undefined;
  }

  #isOnCard(incidentId: string): boolean {
    return this.#memory.channelsOf(incidentId).some((channel) => this.#isTold(channel, incidentId));
  }

  #restoreFinding(id: string, value: Buffer | null): void {
    if (!this.#isOnCard(id)) return;
    const read = readValue(Finding, value);
    // What cannot be read, or has ended, was something else before.
    if (read.ok) this.#findings.put(read.value);
    else this.#findings.delete(id);
  }

  #takeState(): OutRecord[] {
    return [...this.#memory.takeChanged(), ...this.#allowances.takeChanged()].map(({ id, json }) => ({
      topic: topic.groups,
      partition: this.#partition,
      key: id,
      value: json,
    }));
  }
}

function affectedDueAt(known: { readonly group: Group; readonly member: Member } | undefined): number {
  if (known === undefined) return 0;
  const last = known.member.saidAt ?? (Date.parse(known.group.updatedAt) || 0);
  return last + ((known.member.dependants ?? 0) > 0 ? affectedWindowMs : affectedFirstMs);
}
