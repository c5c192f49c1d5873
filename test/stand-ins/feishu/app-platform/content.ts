import { z } from 'zod';
import { judgeCard, type SeenCard } from '../card-validator.ts';
import { type ApiReply, refusal } from './replies.ts';
import type { Tenant } from './tenant.ts';

/** Bytes of the whole request of a card, and of a text message. */
const maxBytes = { interactive: 30 * 1024, text: 150 * 1024 };

export interface Content {
  readonly type: 'interactive' | 'text';
  readonly seen?: SeenCard;
  readonly text?: string;
  /** Open ids, and `all`. */
  readonly mentioned: readonly string[];
}

const Card = z.looseObject({ config: z.looseObject({ update_multi: z.unknown() }).optional() });
const Text = z.strictObject({ text: z.string().min(1) });

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON: judged as what it is, no object.
    return undefined;
  }
}

function idsIn(tag: string): string[] {
  const ids = /\bids?=["']?([\w,-]+)/.exec(tag)?.[1] ?? /\buser_id=["']([\w-]+)["']/.exec(tag)?.[1];
  return ids?.split(',') ?? [];
}

/** True where a card says `update_multi: true` in so many words: only then can it be updated. */
export function isShared(json: string): boolean {
  return Card.safeParse(parsed(json)).data?.config?.update_multi === true;
}

/** What a message's `content` is worth: what a reader sees, or the refusal. */
export function judgeContent(
  type: string,
  json: string,
  requestBytes: number,
  tenant: Tenant,
): Content | ApiReply {
  if (type !== 'interactive' && type !== 'text')
    return refusal(230001, 'Your request contains an invalid request parameter, ext=unsupported msg_type');
  if (requestBytes > maxBytes[type]) return refusal(230025);
  const value = parsed(json);
  if (type === 'text') {
    const text = Text.safeParse(value).data?.text;
    if (text === undefined) return refusal(230001, 'invalid request parameter, ext=content is not a text');
    const mentioned = [...text.matchAll(/<at [^>]*>/g)].flatMap(([tag]) => idsIn(tag));
    return { type, text, mentioned };
  }
  const verdict = judgeCard(value);
  if (!verdict.ok) return refusal(230099, verdict.message);
  const { seen, mentions: mentioned } = verdict;
  const stranger = mentioned.find((id) => id !== 'all' && !tenant.people.has(id));
  if (stranger !== undefined)
    return refusal(
      230099,
      `Failed to create card content, ext=ErrCode: 100290; ErrMsg: There is an invalid user resource(at/person) in your card; ErrorValue: ${stranger}`,
    );
  return { type, seen, mentioned };
}

/** Who of the chat is rung. */
export function rungBy(mentioned: readonly string[], people: readonly string[]): string[] {
  return mentioned.includes('all') ? [...people] : people.filter((person) => mentioned.includes(person));
}
