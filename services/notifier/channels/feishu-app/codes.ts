import type { FailureCause } from '#shared/model/index.ts';

/** What a code means for the message, and what an operator can do. */
export interface Code {
  readonly cause: FailureCause;
  readonly hint?: string;
  /** The limit of calls: the whole channel waits. */
  readonly isThrottled?: boolean;
  /** It is the card's text or form that is refused. */
  readonly isCardRefused?: boolean;
  /** The card to be updated, or replied to, is there no more. */
  readonly isCardGone?: boolean;
  /** It may have been taken. */
  readonly uncertain?: boolean;
}

const permanent = (hint: string): Code => ({ cause: 'permanent', hint });
const refused = (hint: string): Code => ({ cause: 'permanent', hint, isCardRefused: true });
const gone = (hint: string): Code => ({ cause: 'permanent', hint, isCardGone: true });
const throttled: Code = { cause: 'retryable', isThrottled: true };

const credentials =
  "feishuApps.<app>.appId or appSecret is not that of the app, or it is another region's (baseUrl)";
const scopes =
  'the app lacks a permission: give it im:message:send_as_bot and im:message:update (or im:message), and publish a version';

/** The token is missing, over, or of another kind: a new one may do. Seen in HTTP 400 and 401 alike. */
export const tokenCodes: ReadonlySet<number> = new Set([
  99991661, 99991663, 99991664, 99991668, 99991671, 99991677,
]);

/**
 * The codes of the message API (create, reply, patch, list of im/v1) and of the gateway in front of it. One that is not here is `unknown`,
 * or with HTTP 5xx retryable.
 */
export const codes: Readonly<Record<number, Code>> = {
  2200: { cause: 'retryable', uncertain: true },
  10003: permanent(credentials),
  10014: permanent(credentials),
  10015: permanent(credentials),
  11232: throttled,
  11233: throttled,
  230001: permanent('Feishu does not take the request: check the chat_id or open_id of the channel'),
  230002: permanent("the app's bot is not in the group: add it (group settings, Bots)"),
  230006: permanent("the app has no bot: switch on Bot among the app's features, and publish a version"),
  230011: gone('the card was recalled'),
  230013: permanent("the person is outside of the app's range of availability, or has left"),
  230017: permanent('the card was sent by another app'),
  230018: permanent("the group's settings do not let the bot write"),
  230020: throttled,
  230022: refused('Feishu found sensitive words in the card'),
  230025: refused('Feishu finds the card too long'),
  230027: permanent(scopes),
  230028: refused(
    "the organisation's data loss prevention does not let the card pass: mask more (the channel's reveal)",
  ),
  230029: permanent('the person has left the organisation'),
  230031: gone('the card is older than 14 days'),
  230034: permanent("the chat_id or open_id is none of this app's (an open_id is another one in each app)"),
  230035: permanent('the bot may not write there: the group is muted, or the person has blocked it'),
  230036: permanent("the organisation's encryption key was deleted"),
  230038: permanent('the person belongs to another organisation'),
  230049: { cause: 'retryable', uncertain: true },
  230050: permanent('the card that is replied to cannot be seen by the bot'),
  230053: permanent('the person does not want messages of this bot'),
  230054: permanent('a group of two organisations takes no cards'),
  230075: permanent('encrypted chats take no messages of bots'),
  230110: gone('the card was deleted'),
  232009: permanent('the group was dissolved'),
  99991400: throttled,
  99991401: permanent("this host's address is not in the app's IP allowlist"),
  99991672: permanent(scopes),
  99991679: permanent(scopes),
  99992402: permanent('Feishu does not take the request: check the chat_id or open_id of the channel'),
};

const strangers =
  'one of those it mentions is unknown to the app: check feishu of people (an open_id is another one in each app)';

/** What `230099`, an envelope, says in its text. */
export function cardCode(msg: string): Code {
  // Somebody is clicking on it at this moment: it can be updated in a second.
  if (/card action is lock/i.test(msg)) return throttled;
  const sub = /ErrCode: ?(\d+)/.exec(msg)?.[1];
  return refused(sub === '100290' ? strangers : 'Feishu refused the card');
}
