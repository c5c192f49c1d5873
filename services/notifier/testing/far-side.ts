import type { Message } from '#shared/model/index.ts';
import type { Digest } from '../cards/index.ts';
import type { Channel, ChannelLimits, Outgoing, SendContext, SendOutcome } from '../channels/index.ts';

export interface FarSideOptions extends Partial<ChannelLimits> {
  /** It keeps cards that can be changed. */
  readonly canUpdate?: boolean;
  /** It takes what comes with the same key only once. */
  readonly isIdempotent?: boolean;
}

/** The far side of a channel, in memory: it keeps what a member of the group would see. */
export class FarSideInMemory {
  /** Cards and notes that were taken, updates among them, in order. */
  readonly sent: Message[] = [];
  readonly digests: Digest[] = [];
  /** How often each message was shown, by itself or in a digest. */
  readonly seen = new Map<string, number>();
  /** What each card shows now, by its id. */
  readonly cards = new Map<string, Message>();
  readonly contexts: SendContext[] = [];
  readonly channel: Channel;
  readonly #options: FarSideOptions;
  readonly #known = new Map<string, SendOutcome>();
  /** What it is told to answer; `isTaken`: and takes the card all the same. */
  #told: { outcome: SendOutcome; isTaken: boolean } | undefined;

  constructor(options: FarSideOptions) {
    this.#options = options;
    const { canUpdate = false, perSecond = 1e6, perMinute = 1e6, inFlight = 1 } = options;
    this.channel = {
      limits: { perSecond, perMinute, inFlight },
      canUpdate,
      render: () => ({ kind: 'text', text: '' }),
      send: async (outgoing, context) => this.#receive(outgoing, context),
    };
  }

  /** How the next call is answered. */
  tell(outcome: SendOutcome, isTaken: boolean): void {
    this.#told = { outcome, isTaken };
  }

  #receive(outgoing: Outgoing, context: SendContext): SendOutcome {
    const told = this.#told;
    this.#told = undefined;
    this.contexts.push(context);
    if (told?.outcome.kind === 'failed' && !told.isTaken) return told.outcome;
    const known = this.#known.get(context.idempotencyKey);
    const outcome = known ?? this.#take(outgoing);
    if (this.#options.isIdempotent) this.#known.set(context.idempotencyKey, outcome);
    return told?.outcome ?? outcome;
  }

  #take(outgoing: Outgoing): SendOutcome {
    if (outgoing.kind === 'digest') {
      this.digests.push(outgoing.digest);
      for (const id of new Set(outgoing.digest.entries.map(({ messageId }) => messageId))) this.#see(id);
      return { kind: 'sent' };
    }
    const { message, card } = outgoing;
    this.sent.push(message);
    this.#see(message.id);
    if (!this.channel.canUpdate) return { kind: 'sent' };
    const platformMessageId = card?.platformMessageId ?? `om_${this.cards.size}`;
    this.cards.set(platformMessageId, message);
    return { kind: 'sent', platformMessageId };
  }

  #see(id: string): void {
    this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
  }
}
