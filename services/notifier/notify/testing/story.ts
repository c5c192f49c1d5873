import type { BusRecord, OutRecord, StageResult } from '#shared/bus/port.ts';
import { ConfigSchema } from '#shared/config/index.ts';
import { type Finding, Group, Message, type Preference } from '#shared/model/index.ts';
import { sampleFinding } from '../../testing/sample.ts';
import { NotifyTask } from '../task.ts';

export const second = 1000;
export const minute = 60 * second;
export const begin = Date.parse('2026-11-21T01:00:00.000Z');

const signal = new AbortController().signal;

interface Setting {
  /** Of the whole configuration. */
  readonly config: Record<string, unknown>;
  /** Channels whose cards are kept up to date. */
  readonly canUpdate?: readonly string[];
  readonly sharesCards?: boolean;
}

/**
 * A notifier under a clock of the test's own, with what surrounds it: the findings that it was given, what it has written, and how
 * far that covers. `crash` throws away what was not committed, as a failed transaction does; `takeOver` makes a successor of what is
 * on the topics.
 */
export class Story {
  now = begin;
  preferences = new Map<string, Preference>();
  readonly messages: Message[] = [];
  readonly #setting: Setting;
  #task: NotifyTask;
  #input: BusRecord[] = [];
  #position = 0;
  #committed = 0;
  readonly #state = new Map<string, string>();

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#task = this.#newTask();
  }

  /** What it says to these findings, each revision on its own: `channel reason incident +others`. */
  find(...findings: Partial<Finding>[]): string[] {
    for (const over of findings) this.#append(sampleFinding({ severity: 'warning', ...over }));
    return this.read();
  }

  /** Reads all that waits, in one batch. */
  read(caughtUp = true): string[] {
    const records = this.#input.slice(this.#position);
    this.#position = this.#input.length;
    return this.#commit(this.#task.handle({ kind: 'batch', records, caughtUp }, { now: this.now, signal }));
  }

  /** Lets so much time pass, with a tick each second, or one at its end. */
  wait(ms: number, everyMs = second): string[] {
    const end = this.now + ms;
    const said: string[] = [];
    while (this.now < end) {
      this.now = Math.min(end, this.now + everyMs);
      said.push(...this.tick());
    }
    return said;
  }

  tick(caughtUp = true): string[] {
    return this.#commit(this.#task.handle({ kind: 'tick', caughtUp }, { now: this.now, signal }));
  }

  /** Gives findings to a task whose transaction then fails, and takes over. */
  crashOn(...findings: Partial<Finding>[]): void {
    for (const over of findings) this.#append(sampleFinding({ severity: 'warning', ...over }));
    const records = this.#input.slice(this.#position);
    this.#task.handle({ kind: 'batch', records, caughtUp: true }, { now: this.now, signal });
    this.takeOver();
  }

  takeOver(): void {
    this.#task = this.#newTask();
    for (const [key, value] of this.#state) this.#task.restore(recordOf('groups', key, value));
    for (const record of this.#input) this.#task.restore(record);
    this.#position = this.#committed;
  }

  /** As an earlier version would have left it. */
  leave(group: Group): void {
    this.#state.set(group.id, JSON.stringify(group));
  }

  groups(): Group[] {
    return [...this.#state]
      .filter(([key]) => !key.startsWith('at-most/'))
      .map(([, json]) => Group.parse(JSON.parse(json)));
  }

  #newTask(): NotifyTask {
    const { config, canUpdate = [], sharesCards = true } = this.#setting;
    return new NotifyTask(
      {
        config: ConfigSchema.parse(config),
        canUpdate: (channel) => canUpdate.includes(channel),
        sharesCards: () => sharesCards,
        preferences: () => this.preferences,
        onMessage: () => {},
        onUntold: () => {},
        onUnreadable: (why) => {
          throw new Error(why);
        },
      },
      3,
    );
  }

  #append(finding: Finding): void {
    this.#input.push(recordOf('findings', finding.id, JSON.stringify(finding), this.#input.length));
  }

  #commit({ records, covers }: StageResult<never>): string[] {
    this.#committed = covers ?? this.#committed;
    for (const { topic, key, value } of records)
      if (topic === 'groups')
        if (value === null) this.#state.delete(key ?? '');
        else this.#state.set(key ?? '', String(value));
    return records.filter(({ topic }) => topic.startsWith('outbox.')).map((record) => this.#note(record));
  }

  #note({ value }: OutRecord): string {
    const message = Message.parse(JSON.parse(String(value)));
    this.messages.push(message);
    const { channel, reason, finding, otherCount } = message;
    return [channel, reason, finding.id, ...(otherCount === undefined ? [] : [`+${otherCount}`])].join(' ');
  }
}

function recordOf(topic: string, key: string, value: string, offset = 0): BusRecord {
  return {
    topic,
    partition: 3,
    offset,
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: {},
    timestamp: begin,
  };
}
