import type { FailureCause } from '#shared/model/index.ts';
import type { SendOutcome } from '../channel.ts';
import type { HttpReply } from '../http.ts';
import { askedWait, excerpt, statusFailure, throttledMs } from '../reply.ts';

interface Meaning {
  readonly cause: FailureCause;
  readonly hint?: string;
  readonly isCardRefused?: true;
}

const refused: Meaning = { cause: 'permanent', hint: 'Slack refused the message', isCardRefused: true };
const gone: Meaning = {
  cause: 'permanent',
  hint: 'the webhook is switched off, or its app was removed: make a new one',
};
const forbidden: Meaning = {
  cause: 'permanent',
  hint: "the workspace's administrator does not let this webhook post there",
};

/** The words in which Slack's incoming webhooks fail ("Handling errors" of their guide). One that is not here is `unknown`. */
const meanings: Readonly<Record<string, Meaning>> = {
  invalid_payload: refused,
  invalid_blocks: refused,
  invalid_blocks_format: refused,
  invalid_attachments: refused,
  no_text: refused,
  msg_too_long: refused,
  msg_blocks_too_long: refused,
  too_many_attachments: refused,
  channel_not_found: { cause: 'permanent', hint: 'the channel of the webhook is not there any more' },
  channel_is_archived: { cause: 'permanent', hint: 'the channel of the webhook is archived' },
  user_not_found: { cause: 'permanent', hint: 'the person that the webhook writes to is not there any more' },
  action_prohibited: forbidden,
  posting_to_general_channel_denied: forbidden,
  invalid_token: { cause: 'permanent', hint: 'the webhook address is wrong' },
  no_service: gone,
  no_service_id: gone,
  no_active_hooks: gone,
  no_team: gone,
  team_disabled: gone,
  rollup_error: { cause: 'retryable' },
  rate_limited: { cause: 'retryable' },
  ratelimited: { cause: 'retryable' },
};

/** What a reply of an incoming webhook means: its body is `ok`, or begins with a word that says what is wrong. */
export function judgeReply(answer: HttpReply): SendOutcome {
  const { status, headers, body } = answer;
  if (status === 200 && body.trim() === 'ok') return { kind: 'sent', code: 'ok' };
  const word = /^\s*(?:\{"ok":false,"error":")?([a-z][a-z_]+)(?![a-z_])/.exec(body)?.[1] ?? '';
  const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
  if (meaning === undefined || status === 429) return statusFailure(answer, "Slack's reply");
  const wait = askedWait(headers) ?? (/^rate_?limited$/.test(word) ? throttledMs : undefined);
  const said = `HTTP ${status}: ${excerpt(body)}`;
  return {
    kind: 'failed',
    cause: meaning.cause,
    code: word,
    error: meaning.hint === undefined ? said : `${meaning.hint} (${said})`,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(meaning.isCardRefused === undefined ? {} : { isCardRefused: true }),
  };
}
