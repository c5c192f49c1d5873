import { type HookAnswer, HookServer } from '../hook-server.ts';
import { Message, readMessage, type SeenMessage } from './block-kit.ts';

export type { SeenMessage } from './block-kit.ts';

/** A whole message has a bound that Slack names nowhere; people have met it at this many characters in blocks. */
const mostCharacters = 13_200;

const refusal = (status: number, word: string): HookAnswer<SeenMessage> => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: word,
});

/** How the channel behind the webhook is. */
export interface SlackSettings {
  readonly isArchived?: boolean;
  readonly isSwitchedOff?: boolean;
  /** `platform`: one a second, with bursts of four. */
  readonly limits: 'platform' | 'unlimited';
}

/** An incoming webhook of Slack, as strict as the real one; `accepted` is what the channel's members see. */
export class SlackStandIn extends HookServer<SeenMessage> {
  settings: SlackSettings;

  constructor(settings: SlackSettings = { limits: 'platform' }) {
    const times: number[] = [];
    super(({ method, path, headers, body, at }) => {
      if (!path.startsWith('/services/')) return refusal(404, 'no_service');
      if (path !== '/services/T0STANDIN/B0STANDIN/kEy0fStAnDiN') return refusal(403, 'invalid_token');
      if (this.settings.isSwitchedOff === true) return refusal(404, 'no_service');
      if (this.settings.isArchived === true) return refusal(410, 'channel_is_archived');
      if (this.settings.limits === 'platform') {
        while (times.length > 0 && (times[0] ?? at) <= at - 4000) times.shift();
        if (times.length >= 4)
          return {
            status: 429,
            headers: { 'retry-after': '1' },
            body: '{"ok":false,"error":"rate_limited"}',
          };
        times.push(at);
      }
      if (method !== 'POST' || !/^application\/json\b/.test(headers['content-type'] ?? ''))
        return refusal(400, 'invalid_payload');
      const json = parse(body);
      if (typeof json !== 'object' || json === null) return refusal(400, 'invalid_payload');
      const message = Message.safeParse(json);
      if (!message.success) return refusal(400, 'invalid_blocks');
      const { data } = message;
      if ((data.text ?? '') === '' && (data.blocks ?? []).length === 0) return refusal(400, 'no_text');
      const seen = readMessage(data);
      if (seen.text.length > mostCharacters) return refusal(400, 'msg_blocks_too_long');
      return { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok', seen };
    });
    this.settings = settings;
  }

  get webhook(): string {
    return `${this.origin}/services/T0STANDIN/B0STANDIN/kEy0fStAnDiN`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Slack says only that the payload is invalid.
    return undefined;
  }
}
