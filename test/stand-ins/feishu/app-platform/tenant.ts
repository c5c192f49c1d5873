import { randomBytes } from 'node:crypto';
import type { SeenCard } from '../card-validator.ts';

/** A self-built app, as the developer console has it. */
export interface AppSettings {
  readonly appId: string;
  readonly appSecret: string;
  /** Encrypts and signs what is posted to `callbackUrl`. */
  readonly encryptKey?: string | undefined;
  readonly verificationToken?: string | undefined;
  /** Where events are posted; without it they go over the app's long connections. */
  readonly callbackUrl?: string | undefined;
  /** Scopes that it was not given, of those that logpatrol asks for. */
  readonly withheld?: readonly ('im:message:send_as_bot' | 'im:message.group_msg')[] | undefined;
}

export interface PersonSettings {
  readonly openId: string;
  readonly name: string;
  /** False: outside of the apps' range of availability. Default: true. */
  readonly available?: boolean | undefined;
}

export interface ChatSettings {
  /** `oc_…`. */
  readonly id: string;
  /** App ids of the bots in it. */
  readonly apps: readonly string[];
  /** Open ids. */
  readonly people: readonly string[];
}

/** A message as a member of its chat sees it at the moment. */
export interface SeenMessage {
  readonly messageId: string;
  readonly chatId: string;
  readonly appId: string;
  readonly type: 'interactive' | 'text';
  /** What it is a reply to. */
  readonly parentId?: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  readonly createdAt: number;
  updatedAt: number;
  /** The content as it was sent, or updated to, last: JSON. */
  content: string;
  /** What a card says, in each state that it has had; the last is what stands there. */
  readonly states: SeenCard[];
  /** Of a text message. */
  readonly text?: string;
  /** Members whose phone has rung for it: those it mentioned when it came. An update rings nobody. */
  readonly rung: readonly string[];
  gone?: 'recalled' | 'deleted';
  /** True while a click on it is not answered: it cannot be updated then. */
  isLocked?: boolean;
}

export interface Chat extends ChatSettings {
  /** Of two: the person whom an app writes to. */
  readonly person?: string;
}

/** People, chats and what stands in them. */
export class Tenant {
  readonly key = '736588c9260f175e';
  readonly apps = new Map<string, AppSettings>();
  readonly people = new Map<string, PersonSettings>();
  readonly chats = new Map<string, Chat>();
  /** Of all chats, in the order in which they came. */
  readonly messages: SeenMessage[] = [];
  readonly #byId = new Map<string, SeenMessage>();
  /** What was sent with a `uuid`. */
  readonly #sent = new Map<string, { readonly message: SeenMessage; readonly at: number }>();

  message(messageId: string): SeenMessage | undefined {
    return this.#byId.get(messageId);
  }

  /** The chat of two between an app and a person. */
  chatWith(appId: string, openId: string): Chat {
    const known = [...this.chats.values()].find(
      (chat) => chat.person === openId && chat.apps.includes(appId),
    );
    if (known !== undefined) return known;
    const chat = {
      id: `oc_${randomBytes(16).toString('hex')}`,
      apps: [appId],
      people: [openId],
      person: openId,
    };
    this.chats.set(chat.id, chat);
    return chat;
  }

  /** The message that an app has sent with this `uuid` within the last hour. */
  sentWith(appId: string, uuid: string | undefined, now: number): SeenMessage | undefined {
    const sent = this.#sent.get(`${appId} ${uuid}`);
    return uuid === undefined || sent === undefined || now - sent.at >= 3_600_000 ? undefined : sent.message;
  }

  add(
    message: Omit<SeenMessage, 'messageId' | 'updatedAt'>,
    uuid: string | undefined,
    now: number,
  ): SeenMessage {
    const added = { ...message, messageId: `om_${randomBytes(16).toString('hex')}`, updatedAt: now };
    this.messages.push(added);
    this.#byId.set(added.messageId, added);
    if (uuid !== undefined) this.#sent.set(`${message.appId} ${uuid}`, { message: added, at: now });
    return added;
  }
}
