import { z } from 'zod';
import { judgeCard } from '../card-validator.ts';
import { type AppApi, type AppRequest, answerApi } from './api.ts';
import { type ClickResult, clickResult, postEvent, type RawAnswer } from './click.ts';
import { type CardEvent, cardEvent, clickablesOf, eventRequest, type Tampering } from './event.ts';
import { LongConnections } from './long-connection.ts';
import { Limits } from './rate.ts';
import type { ApiReply } from './replies.ts';
import {
  type AppSettings,
  type ChatSettings,
  type PersonSettings,
  type SeenMessage,
  Tenant,
} from './tenant.ts';
import { Tokens } from './tokens.ts';

export interface ClickOptions {
  readonly tampering?: Tampering | undefined;
  /** So often is the event sent; the last answer counts. Default: once. */
  readonly times?: number | undefined;
}

/** The platform as apps and the members of their chats know it, with a clock that tests can move. */
export class AppPlatform {
  readonly tenant = new Tenant();
  readonly tokens = new Tokens();
  readonly connections = new LongConnections(this.tenant);
  /** Whether the limits of calls hold. */
  limited = true;
  /** An app has so long to answer to a click. */
  answerWithinMs = 3000;
  #limits = new Limits();
  #ahead = 0;
  readonly #events = new Map<string, { readonly app: AppSettings; readonly event: CardEvent }>();

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Moves the platform's clock. */
  advance(ms: number): void {
    this.#ahead += ms;
  }

  addApp(settings: AppSettings): this {
    this.tenant.apps.set(settings.appId, settings);
    return this;
  }

  addPerson(settings: PersonSettings): this {
    this.tenant.people.set(settings.openId, settings);
    return this;
  }

  /** A group; members that are not known yet are people of the tenant from now on. */
  addChat(settings: ChatSettings): this {
    for (const openId of settings.people)
      if (!this.tenant.people.has(openId)) this.addPerson({ openId, name: openId });
    this.tenant.chats.set(settings.id, settings);
    return this;
  }

  /** What stands in a chat, oldest first; of a person: what stands in their chat with any app. */
  messages(id?: string): SeenMessage[] {
    return this.tenant.messages.filter(
      ({ chatId }) => id === undefined || chatId === id || this.tenant.chats.get(chatId)?.person === id,
    );
  }

  /** A person takes a message back, or it is deleted. */
  withdraw(messageId: string, gone: 'recalled' | 'deleted'): void {
    this.#message(messageId).gone = gone;
  }

  /** What can be clicked on a message. */
  clickables(messageId: string): ReturnType<typeof clickablesOf> {
    return clickablesOf(this.#message(messageId).content);
  }

  /**
   * A person clicks on a card as it stands there now.
   *
   * @param what the words on the button or option, or the whole value of the button
   */
  async click(
    messageId: string,
    what: string | Readonly<Record<string, unknown>>,
    openId: string,
    { tampering, times = 1 }: ClickOptions = {},
  ): Promise<ClickResult> {
    const message = this.#message(messageId);
    const choices = clickablesOf(message.content);
    const chosen = choices.find(({ text, action }) =>
      typeof what === 'string' ? text === what : JSON.stringify(action.value) === JSON.stringify(what),
    );
    if (chosen === undefined)
      throw new Error(
        `nothing on ${messageId} to click is ${JSON.stringify(what)}: ${JSON.stringify(choices.map(({ text }) => text))}`,
      );
    const app = this.#app(message.appId);
    const event = cardEvent(app, message, chosen.action, openId, this.tenant.key, this.now());
    this.#events.set(event.header.event_id, { app, event });
    message.isLocked = true;
    let result = await this.#deliver(app, event, tampering);
    for (let time = 1; time < times; time++) result = await this.#deliver(app, event, tampering);
    message.isLocked = false;
    if (result.card !== undefined) this.#replace(message, result.card);
    return result;
  }

  /** Sends an event again that was sent before. */
  async redeliver(eventId: string): Promise<ClickResult> {
    const sent = this.#events.get(eventId);
    if (sent === undefined) throw new Error(`no event ${eventId} was sent`);
    return this.#deliver(sent.app, sent.event, undefined);
  }

  /** Checks an app's address as the console does when it is entered. @returns whether it echoes the challenge */
  async verifyUrl(appId: string, tampering?: Tampering): Promise<boolean> {
    const app = this.#app(appId);
    const challenge = `challenge-${this.now()}`;
    const payload = { type: 'url_verification', challenge, token: app.verificationToken ?? '' };
    if (app.callbackUrl === undefined) return false;
    const answer = await postEvent(
      app.callbackUrl,
      eventRequest(app, payload, this.now(), tampering),
      this.answerWithinMs,
    );
    if (!('body' in answer) || answer.status !== 200) return false;
    try {
      return z.object({ challenge: z.literal(challenge) }).safeParse(JSON.parse(answer.body)).success;
    } catch {
      // No JSON: it does not echo it.
      return false;
    }
  }

  /** Answers one request of an app. */
  answer(api: AppApi, request: AppRequest): ApiReply {
    const { tenant, tokens, connections } = this;
    const limits = this.limited ? this.#limits : undefined;
    return answerApi(api, request, { tenant, tokens, connections, limits, now: this.now() });
  }

  async #deliver(app: AppSettings, event: CardEvent, tampering: Tampering | undefined): Promise<ClickResult> {
    const begun = Date.now();
    const answer: RawAnswer =
      app.callbackUrl === undefined
        ? await this.connections.send(app.appId, event, this.answerWithinMs)
        : await postEvent(
            app.callbackUrl,
            eventRequest(app, event, this.now(), tampering),
            this.answerWithinMs,
          );
    return clickResult(event.header.event_id, answer, Date.now() - begun);
  }

  #replace(message: SeenMessage, card: string): void {
    const verdict = judgeCard(JSON.parse(card));
    message.content = card;
    message.updatedAt = this.now();
    if (verdict.ok) message.states.push(verdict.seen);
  }

  #message(messageId: string): SeenMessage {
    const message = this.tenant.message(messageId);
    if (message === undefined) throw new Error(`no message ${messageId}`);
    return message;
  }

  #app(appId: string): AppSettings {
    const app = this.tenant.apps.get(appId);
    if (app === undefined) throw new Error(`no app ${appId}`);
    return app;
  }
}
