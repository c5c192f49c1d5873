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
import { briefFinding } from './brief.ts';
import { reasonToTell, told } from './decide.ts';
import { Memory } from './memory.ts';

export interface NotifyOptions {
  readonly config: Pick<Config, 'routes' | 'channels' | 'incidents'>;
  /** Told of each message that was put into an outbox. Must not throw. */
  readonly onMessage: (channel: string, reason: MessageReason) => void;
  /** Told of each record that is no finding, and why. Must not throw. */
  readonly onUnreadable: (why: string) => void;
}

export const notifyStageName = 'notify';

const expiryMs = 60_000;

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
  #expiredAt = 0;

  constructor(options: NotifyOptions, partition: number) {
    this.#options = options;
    this.#partition = partition;
    this.#memory = new Memory(options.config.incidents.reopenHours);
  }

  restore(record: BusRecord): void {
    this.#memory.restore(record.key?.toString('utf8') ?? '', record.value?.toString('utf8') ?? null);
  }

  handle(input: StageInput<never>, { now }: StageContext): StageResult<never> {
    if (input.kind === 'batch') {
      const records = input.records.flatMap((record) => this.#take(record, now));
      const last = input.records.at(-1);
      return { records, ...(last === undefined ? {} : { covers: last.offset + 1 }) };
    }
    if (now - this.#expiredAt < expiryMs) return { records: [] };
    this.#expiredAt = now;
    return { records: this.#memory.expire(now).map((id) => this.#groupRecord(id, null)) };
  }

  #take(record: BusRecord, now: number): OutRecord[] {
    if (record.value === null) return [];
    const finding = parseFinding(record.value.toString('utf8'));
    if (typeof finding === 'string') {
      this.#options.onUnreadable(finding);
      return [deadLetter(record, notifyStageName, finding, now)];
    }
    return channelsOf(finding.type, this.#options.config).flatMap((channel) =>
      this.#tell(channel, finding, now),
    );
  }

  #tell(channel: string, finding: Finding, now: number): OutRecord[] {
    const groupId = `${channel}:${finding.id}`;
    const before = this.#memory.get(groupId);
    const member = before?.members.find((each) => each.incidentId === finding.id);
    const reason = reasonToTell(finding, member);
    if (reason === undefined) return [];
    const at = new Date(now).toISOString();
    const message: Message = {
      id: `${groupId}:${finding.revision}`,
      traceId: finding.traceId,
      channel,
      groupId,
      reason,
      finding: briefFinding(finding),
      queuedAt: at,
    };
    const group: Group = {
      id: groupId,
      channel,
      members: [told(finding, member, reason)],
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
    };
    const json = JSON.stringify(group);
    this.#memory.put(group, json);
    this.#options.onMessage(channel, reason);
    return [
      {
        topic: topic.outbox(channel),
        partition: 0,
        key: finding.id,
        value: JSON.stringify(message),
      },
      this.#groupRecord(groupId, json),
    ];
  }

  #groupRecord(id: string, json: string | null): OutRecord {
    return { topic: topic.groups, partition: this.#partition, key: id, value: json };
  }
}
