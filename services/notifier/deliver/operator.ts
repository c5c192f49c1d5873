import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { FailureCause } from '#shared/model/index.ts';
import { ownMessage } from '#shared/operator/own-message.ts';
import type { Language } from '../cards/index.ts';

/** What goes wrong with a channel: it does not answer, or a card was given up, by the cause. */
export type Trouble = 'down' | `dead-${FailureCause}`;

const hour = 60 * 60_000;
/** Beside the kinds: since when the operator believes that the channel is down. */
const believedDown = 'isDown';

const titles: Record<Language, Record<'down' | 'dead', (channel: string) => string>> = {
  'zh-CN': {
    down: (channel) => `告警通道 ${channel} 不可用`,
    dead: (channel) => `告警通道 ${channel} 有消息发不出去，已放入死信`,
  },
  en: {
    down: (channel) => `channel ${channel} is down`,
    dead: (channel) => `channel ${channel}: a message could not be sent and is in the dead letters`,
  },
};

/** Tells the operator's channel of a channel's trouble: of each kind once an hour, and when a channel is well again. */
export class OperatorAlerts {
  readonly #about: string;
  readonly #operator: string | undefined;
  readonly #language: Language;
  /** When the operator was told last, by kind; it survives in each Delivery's header. */
  #alerted: Readonly<Record<string, number>> = {};

  /** @param operator the operator's channel; nothing is said where there is none, nor of that channel itself */
  constructor(about: string, operator: string | undefined, language: Language) {
    this.#about = about;
    this.#operator = operator === about ? undefined : operator;
    this.#language = language;
  }

  get alerted(): Readonly<Record<string, number>> {
    return this.#alerted;
  }

  /** Takes over what a former owner has told. */
  restore(alerted: Readonly<Record<string, number>>): void {
    this.#alerted = alerted;
  }

  /**
   * The alert, or nothing where one of the kind was sent within the hour.
   *
   * @param since when the trouble began; milliseconds since the epoch
   */
  tell(trouble: Trouble, line: string, since: number, now: number): OutRecord[] {
    const last = this.#alerted[trouble];
    if (this.#operator === undefined || (last !== undefined && last <= now && now - last < hour)) return [];
    this.#alerted = {
      ...this.#alerted,
      [trouble]: now,
      ...(trouble === 'down' && { [believedDown]: now }),
    };
    return [this.#record(this.#operator, trouble, line, since, now, now)];
  }

  /** The channel is well again: says so where it was said to be down. */
  well(now: number): OutRecord[] {
    const { [believedDown]: toldAt, ...others } = this.#alerted;
    if (this.#operator === undefined || toldAt === undefined) return [];
    this.#alerted = others;
    return [this.#record(this.#operator, 'down', undefined, toldAt, toldAt, now)];
  }

  /** @param line what is wrong; `undefined` where it is over */
  #record(
    channel: string,
    trouble: Trouble,
    line: string | undefined,
    since: number,
    toldAt: number,
    now: number,
  ): OutRecord {
    const isOver = line === undefined;
    const message = ownMessage({
      id: `logpatrol-${this.#about}-${trouble}-${toldAt.toString(36)}`,
      channel,
      rule: `channel-${trouble}`,
      severity: trouble === 'down' ? 'critical' : 'warning',
      title: titles[this.#language][trouble === 'down' ? 'down' : 'dead'](this.#about),
      line: `channel ${this.#about}: ${line ?? 'takes cards again'}`,
      reason: isOver ? 'resolved' : 'opened',
      revision: isOver ? 2 : 1,
      since,
      now,
    });
    return {
      topic: topic.outbox(channel),
      partition: 0,
      key: message.groupId,
      value: JSON.stringify(message),
    };
  }
}
