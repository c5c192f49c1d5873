import { z } from 'zod';
import type { FeishuCard } from '../../cards/index.ts';
import type { SendOutcome } from '../channel.ts';
import type { ApiContext, MessageApi } from './api.ts';
import { findMessage, type Sought } from './history.ts';

/** Where an app's bot writes to. */
export interface Receiver {
  readonly idType: 'chat_id' | 'open_id';
  readonly id: string;
}

/** How one call can be known to have been made before. */
export interface Repeat {
  /** At most 50 characters: the platform takes one message with it an hour. */
  readonly uuid: string;
  /** Since when an earlier call may have been taken; milliseconds since the epoch. */
  readonly uncertainSince: number | undefined;
  /** What the history of the chat is asked for once the `uuid` is forgotten. */
  readonly sought: Sought;
}

/** The platform knows a `uuid` for an hour; from a little earlier on it is not relied upon. */
const uuidHoldsMs = 55 * 60_000;

/** Of an update: the card is not there, or is another app's, which wrote there before. A new one can be sent. */
const noCardOfOurs: ReadonlySet<string | undefined> = new Set(['230001', '230017']);

const Sent = z.object({ data: z.object({ message_id: z.string(), chat_id: z.string().optional() }) });

/** Sends, answers and updates cards for one receiver, each at most once. */
export class CardSender {
  readonly #api: MessageApi;
  readonly #appId: string;
  readonly #receiver: Receiver;
  /** Of a person: known from the first card on. */
  #chatId: string | undefined;

  constructor(api: MessageApi, appId: string, receiver: Receiver) {
    this.#api = api;
    this.#appId = appId;
    this.#receiver = receiver;
    this.#chatId = receiver.idType === 'chat_id' ? receiver.id : undefined;
  }

  async create(card: FeishuCard, repeat: Repeat, context: ApiContext): Promise<SendOutcome> {
    const { idType, id } = this.#receiver;
    const path = `?receive_id_type=${idType}`;
    return this.#once(path, { receive_id: id, ...contentOf(card), uuid: repeat.uuid }, repeat, context);
  }

  async reply(
    messageId: string,
    card: FeishuCard,
    repeat: Repeat,
    context: ApiContext,
  ): Promise<SendOutcome> {
    return this.#once(`/${messageId}/reply`, { ...contentOf(card), uuid: repeat.uuid }, repeat, context);
  }

  /** Updating twice is as updating once: nothing of it is ever uncertain. */
  async update(messageId: string, card: FeishuCard, context: ApiContext): Promise<SendOutcome> {
    const body = JSON.stringify({ content: JSON.stringify(card) });
    const answer = await this.#api.call({ method: 'PATCH', path: `/${messageId}`, body }, context);
    return answer.kind === 'failed'
      ? { ...answer, uncertain: false, ...(noCardOfOurs.has(answer.code) ? { isCardGone: true } : {}) }
      : { kind: 'sent', code: '0', platformMessageId: messageId };
  }

  async #once(path: string, body: unknown, repeat: Repeat, context: ApiContext): Promise<SendOutcome> {
    const before = await this.#sentBefore(repeat, context);
    if (before !== undefined) return before;
    const answer = await this.#api.call({ method: 'POST', path, body: JSON.stringify(body) }, context);
    if (answer.kind === 'failed')
      // A code that nobody knows may be the platform's word for a `uuid` that it has seen.
      return answer.cause === 'unknown' ? ((await this.#taken(repeat, context)) ?? answer) : answer;
    const sent = Sent.safeParse(answer.body).data?.data;
    this.#chatId ??= sent?.chat_id;
    return {
      kind: 'sent',
      code: '0',
      ...(sent === undefined ? {} : { platformMessageId: sent.message_id }),
    };
  }

  /** What became of an earlier call that the `uuid` does not cover any more; `undefined`: it is to be made. */
  async #sentBefore(repeat: Repeat, context: ApiContext): Promise<SendOutcome | undefined> {
    const { uncertainSince } = repeat;
    return uncertainSince === undefined || context.now - uncertainSince < uuidHoldsMs
      ? undefined
      : this.#taken(repeat, context);
  }

  /** Asks the chat whether an earlier call was taken; `undefined`: it was not, or nobody can tell. */
  async #taken({ uncertainSince, sought }: Repeat, context: ApiContext): Promise<SendOutcome | undefined> {
    const id = this.#chatId;
    if (uncertainSince === undefined || id === undefined) return undefined;
    const found = await findMessage(this.#api, { id, appId: this.#appId }, sought, uncertainSince, context);
    switch (found.kind) {
      case 'found':
        return { kind: 'sent', code: '0', platformMessageId: found.messageId };
      case 'absent':
        return undefined;
      case 'unknown':
        // The app may not read there: better told twice than not at all.
        return found.failure.cause === 'retryable' ? { ...found.failure, uncertain: true } : undefined;
    }
  }
}

function contentOf(card: FeishuCard): { readonly msg_type: string; readonly content: string } {
  return { msg_type: 'interactive', content: JSON.stringify(card) };
}
