import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { AppSettings, SeenMessage } from './tenant.ts';

/** Something on a card that people can click, and what comes back of it. */
export interface Clickable {
  /** The words on it; of a choice, those of the option. */
  readonly text: string;
  readonly action: Readonly<Record<string, unknown>>;
}

const Words = z.object({ content: z.string() });
const Callback = z.looseObject({
  behaviors: z.array(z.looseObject({ type: z.string(), value: z.unknown().optional() })),
  disabled: z.boolean().optional(),
});
const Button = Callback.extend({ tag: z.literal('button'), text: Words, name: z.string().optional() });
const Select = Callback.extend({
  tag: z.enum(['select_static', 'overflow']),
  name: z.string().optional(),
  options: z.array(z.looseObject({ text: Words, value: z.string() })),
});

function* objectsOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) for (const item of value) yield* objectsOf(item);
  else if (typeof value === 'object' && value !== null) {
    yield value;
    for (const item of Object.values(value)) yield* objectsOf(item);
  }
}

/** All that calls back when it is clicked, in the order in which it stands on the card. */
export function clickablesOf(content: string): Clickable[] {
  const found: Clickable[] = [];
  for (const object of objectsOf(JSON.parse(content))) {
    const known = z.union([Button, Select]).safeParse(object).data;
    const behavior = known?.behaviors.find(({ type }) => type === 'callback');
    if (known === undefined || behavior === undefined || known.disabled === true) continue;
    const common = {
      tag: known.tag,
      ...(behavior.value === undefined ? {} : { value: behavior.value }),
      ...(known.name === undefined ? {} : { name: known.name }),
      timezone: 'Asia/Shanghai',
    };
    if (known.tag === 'button') found.push({ text: known.text.content, action: common });
    else
      for (const { text, value } of known.options)
        found.push({ text: text.content, action: { ...common, option: value } });
  }
  return found;
}

/** A `card.action.trigger` as the platform sends it. */
export interface CardEvent {
  readonly schema: '2.0';
  readonly header: {
    readonly event_id: string;
    readonly token: string;
    readonly create_time: string;
    readonly event_type: string;
    readonly tenant_key: string;
    readonly app_id: string;
  };
  readonly event: Readonly<Record<string, unknown>>;
}

/** @param now milliseconds since the epoch */
export function cardEvent(
  app: AppSettings,
  message: SeenMessage,
  action: Readonly<Record<string, unknown>>,
  openId: string,
  tenantKey: string,
  now: number,
): CardEvent {
  return {
    schema: '2.0',
    header: {
      event_id: randomBytes(16).toString('hex'),
      token: app.verificationToken ?? '',
      create_time: String(now * 1000),
      event_type: 'card.action.trigger',
      tenant_key: tenantKey,
      app_id: app.appId,
    },
    event: {
      operator: { tenant_key: tenantKey, open_id: openId, union_id: `on_${openId.slice(3)}` },
      token: `c-${randomBytes(16).toString('hex')}`,
      action,
      host: 'im_message',
      context: { open_message_id: message.messageId, open_chat_id: message.chatId },
    },
  };
}

/** How a request of the platform is spoiled, as somebody else would send it. */
export interface Tampering {
  /** So much older than it is, in seconds; the signature is right all the same. */
  readonly ageSeconds?: number | undefined;
  /** `wrong`: signed with another key; `absent`: not signed; `body`: the body was changed after it was signed. */
  readonly signature?: 'wrong' | 'absent' | 'body' | undefined;
  /** In the clear, though the app has an Encrypt Key. */
  readonly plain?: boolean | undefined;
}

/** AES-256-CBC; key: SHA-256 of the Encrypt Key; the IV stands before it. */
export function encrypted(encryptKey: string, text: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** The request that carries an event to the app's address. @param now milliseconds since the epoch */
export function eventRequest(
  app: AppSettings,
  payload: unknown,
  now: number,
  tampering: Tampering = {},
): { readonly headers: Record<string, string>; readonly body: string } {
  const text = JSON.stringify(payload);
  const { encryptKey } = app;
  const body =
    encryptKey === undefined || tampering.plain === true
      ? text
      : JSON.stringify({ encrypt: encrypted(encryptKey, text) });
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
  if (encryptKey === undefined || tampering.signature === 'absent') return { headers, body };
  const timestamp = String(Math.floor(now / 1000) - (tampering.ageSeconds ?? 0));
  const nonce = String(randomBytes(4).readUInt32BE());
  const key = tampering.signature === 'wrong' ? `${encryptKey}x` : encryptKey;
  const signature = createHash('sha256').update(`${timestamp}${nonce}${key}${body}`).digest('hex');
  return {
    headers: {
      ...headers,
      'x-lark-request-timestamp': timestamp,
      'x-lark-request-nonce': nonce,
      'x-lark-signature': signature,
    },
    body: tampering.signature === 'body' ? body.replace('{', '{ ') : body,
  };
}
