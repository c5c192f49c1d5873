import { Message } from '#shared/model/index.ts';
import { plain } from './plain.ts';

/** A message as a channel may show it. */
export interface Shown {
  readonly message: Message;
  /** The names as the store has them, to ask for; undefined where one of them may not be seen here. */
  readonly service: string | undefined;
  readonly hosts: readonly string[] | undefined;
}

/** Records whose names are not ours: an `id` in them is none of logpatrol's. */
const foreign: ReadonlySet<string> = new Set(['facts', 'labels', 'captures']);

/** What names something of logpatrol's own, and has no text of others in it. */
const ownNames: ReadonlySet<string> = new Set([
  'id',
  'traceId',
  'channel',
  'groupId',
  'domain',
  'fingerprint',
  'digest',
  'shape',
  'takenFrom',
  // Of a person: their account on the platform.
  'feishu',
]);

/** What the model bounds: a placeholder can be longer than what it stands for, and a name be made of nothing that is seen. */
function bounded(text: string, name: string): string {
  if (name === 'note') return text.slice(0, 500).toWellFormed();
  if (name === 'name') return text === '' ? '?' : text.slice(0, 200).toWellFormed();
  if (name === 'id') return text === '' ? '?' : text;
  return text;
}

/**
 * The message with every text in it made plain and then masked: plain first, so that nothing can hide in the middle of a
 * secret. All texts, and not those that a card is known to show, so that one which is added later is masked too.
 */
export function maskedMessage(message: Message, mask: (text: string) => string): Message {
  const masked = (value: unknown, name: string): unknown => {
    if (typeof value === 'string')
      return bounded(ownNames.has(name) ? plain(value) : mask(plain(value)), name);
    if (Array.isArray(value)) return value.map((part) => masked(part, name));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([inner, part]) =>
          foreign.has(name) ? [mask(plain(inner)), masked(part, '')] : [inner, masked(part, inner)],
        ),
      );
    return value;
  };
  return Message.parse(masked(message, ''));
}

/** The message as the channel may show it, and what of it may be asked for by name. */
export function shownMessage(message: Message, mask: (text: string) => string): Shown {
  const shown = maskedMessage(message, mask);
  const { service, hosts } = message.finding;
  return {
    message: shown,
    service: shown.finding.service === service ? service : undefined,
    hosts: shown.finding.hosts.every((host, index) => host === hosts[index]) ? hosts : undefined,
  };
}
