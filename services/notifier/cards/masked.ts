import { Message } from '#shared/model/index.ts';
import { plain } from './plain.ts';

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
]);

/**
 * The message with every text in it made plain and then masked: plain first, so that nothing can hide in the middle of a
 * secret. All texts, and not those that a card is known to show, so that one which is added later is masked too.
 */
export function maskedMessage(message: Message, mask: (text: string) => string): Message {
  const masked = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return ownNames.has(name) ? value : mask(plain(value));
    if (Array.isArray(value)) return value.map((part) => masked(part, name));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        // Facts have the names that the inventory gives them: its `id` is none of ours.
        Object.entries(value).map(([inner, part]) => [inner, masked(part, name === 'facts' ? '' : inner)]),
      );
    return value;
  };
  return Message.parse(masked(message, ''));
}
