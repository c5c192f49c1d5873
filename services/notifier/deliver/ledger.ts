import type { OutRecord } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import type { Delivery, DeliveryOutcome } from '#shared/model/index.ts';
import { type Schedule, scheduleHeaders } from '#shared/queue/schedule.ts';
import { deliveryOf, digestDeliveryOf, type Heard } from './delivery.ts';
import type { DigestInHand } from './digests.ts';
import type { Entry } from './entry.ts';
import type { DeliverObserver } from './observer.ts';
import type { Tries } from './tries.ts';

interface Verdict {
  readonly delivery: Delivery;
  readonly offset: number;
  readonly tries: Tries;
  readonly members?: readonly Entry[];
}

/** What one call of the stage has decided; made into records once the offset that it covers is known. */
export class Ledger {
  readonly #channel: string;
  readonly #observer: DeliverObserver;
  #verdicts: Verdict[] = [];

  constructor(channel: string, observer: DeliverObserver) {
    this.#channel = channel;
    this.#observer = observer;
  }

  card(entry: Entry, outcome: DeliveryOutcome, now: number, heard?: Heard): Delivery {
    const delivery = deliveryOf(entry, this.#channel, outcome, now, heard);
    return this.#note({ delivery, offset: entry.offset, tries: entry.tries });
  }

  digest(digest: DigestInHand, outcome: DeliveryOutcome, now: number, heard?: Heard): Delivery {
    const delivery = digestDeliveryOf(digest, this.#channel, outcome, now, heard);
    const { members, tries } = digest;
    return this.#note({ delivery, offset: members[0]?.offset ?? 0, tries, members });
  }

  #note(verdict: Verdict): Delivery {
    this.#verdicts.push(verdict);
    this.#observer.delivery(verdict.delivery);
    return verdict.delivery;
  }

  /** Hands over what was decided since. */
  take(common: Pick<Schedule, 'covers' | 'channelNotBefore' | 'alerted'>): OutRecord[] {
    const records = this.#verdicts.map(({ delivery, offset, tries, members }) => ({
      topic: topic.deliveries,
      partition: 0,
      key: delivery.messageId,
      value: JSON.stringify(delivery),
      headers: scheduleHeaders({
        ...common,
        offset,
        notBefore: tries.notBefore,
        unknownFailures: tries.unknownFailures,
        ...(tries.uncertainSince === undefined ? {} : { uncertainSince: tries.uncertainSince }),
        ...(tries.plain && { plain: true }),
        ...(tries.calls > 1 && { calls: tries.calls }),
        ...(members && { members: members.map((member) => member.offset) }),
      }),
    }));
    this.#verdicts = [];
    return records;
  }
}
