import { z } from 'zod';
import { judgeCard } from '../card-validator.ts';
import { type ClickResult, clickResult, postEvent, type RawAnswer } from './click.ts';
import { type CardEvent, cardEvent, clickablesOf, eventRequest, type Tampering } from './event.ts';
import { listMessages } from './history.ts';
import { LongConnections } from './long-connection.ts';
import { createMessage, type MessageCall, replyTo, updateMessage } from './messages.ts';
import { Limits } from './rate.ts';
import { type ApiReply, refusal, throttled } from './replies.ts';
import {
  type AppSettings,
  type ChatSettings,
  type PersonSettings,
  type SeenMessage,
  Tenant,
} from './tenant.ts';
import { Tokens } from './tokens.ts';

/** What a request to the platform asks for. */
export type AppApi = 'token' | 'create' | 'reply' | 'update' | 'history' | 'endpoint';

/** One request, as it came. */
export interface AppRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly host: string;
  readonly body: Buffer;
}

export interface ClickOptions {
  readonly tampering?: Tampering | undefined;
  /** So often is the event sent; the last answer counts. Default: once. */
  readonly times?: number | undefined;
}

const Credentials = z.object({ app_id: z.string(), app_secret: z.string() });
const messagesPath = '/open-apis/im/v1/messages';

/** Which API a request is for, `undefined` where it is for none that apps have. */
export function apiOf(method: string, url: string): AppApi | undefined {
  const path = url.split('?')[0] ?? '';
  if (method === 'POST' && path === '/open-apis/auth/v3/tenant_access_token/internal') return 'token';
  if (method === 'POST' && path === '/callback/ws/endpoint') return 'endpoint';
  if (path === messagesPath) return method === 'POST' ? 'create' : method === 'GET' ? 'history' : undefined;
  if (method === 'POST' && /^\/open-apis\/im\/v1\/messages\/\w+\/reply$/.test(path)) return 'reply';
  if (method === 'PATCH' && /^\/open-apis\/im\/v1\/messages\/\w+$/.test(path)) return 'update';
  return undefined;
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
    let result = await this.#deliver(app, event, tampering);
    for (let time = 1; time < times; time++) result = await this.#deliver(app, event, tampering);
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
    const now = this.now();
    const body = parse(request.body);
    if (api === 'endpoint') return this.connections.endpoint(body, request.host);
    if (api === 'token') return this.#token(body, now);
    const token = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1];
    if (token === undefined) return refusal(99991661);
    const appId = this.tokens.appOf(token, now);
    if (appId === undefined) return refusal(99991663);
    const wait = this.limited ? this.#limits.api(appId, api, now) : 0;
    if (wait > 0) return throttled(Math.max(1, Math.ceil(wait / 1000)));
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const writes = api !== 'history';
    if (writes && this.#app(appId).withheld?.includes('im:message:send_as_bot') === true)
      return refusal(99991672);
    const call: MessageCall = {
      appId,
      body,
      bytes: request.body.length,
      now,
      tenant: this.tenant,
      limits: this.limited ? this.#limits : undefined,
    };
    const messageId = pathname.slice(messagesPath.length + 1).split('/')[0] ?? '';
    switch (api) {
      case 'create':
        return createMessage(call, searchParams.get('receive_id_type') ?? undefined);
      case 'reply':
        return replyTo(call, messageId);
      case 'update':
        return updateMessage(call, messageId);
      case 'history':
        return listMessages(Object.fromEntries(searchParams), appId, this.tenant);
    }
  }

  #token(body: unknown, now: number): ApiReply {
    const asked = Credentials.safeParse(body).data;
    // The token API refuses with HTTP 200.
    if (asked === undefined) return refusal(10003, undefined, 200);
    const app = this.tenant.apps.get(asked.app_id);
    if (app === undefined) return refusal(10014, 'app id not exists', 200);
    if (app.appSecret !== asked.app_secret) return refusal(10014, undefined, 200);
    const { value, expire } = this.tokens.issue(app.appId, now);
    return {
      status: 200,
      code: 0,
      body: JSON.stringify({ code: 0, msg: 'ok', tenant_access_token: value, expire }),
    };
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

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // GET has none; elsewhere the schema of the API refuses it.
    return undefined;
  }
}
