import { expect, it } from 'vitest';
import type { Message, MessageReason } from '#shared/model/index.ts';
import { sampleMessage } from '../testing/sample.ts';
import { entryOf, inherit } from './entry.ts';

function entryWith(reason: MessageReason, heldBack?: Message['heldBack']) {
  const message = { ...sampleMessage({}, reason), ...(heldBack && { heldBack }) };
  const record = { topic: 't', partition: 0, offset: 0, key: null, value: null, headers: {}, timestamp: 0 };
  return entryOf(record, message, undefined);
}

it.each<[MessageReason, MessageReason, MessageReason]>([
  ['opened', 'resolved', 'opened'],
  ['reopened', 'muted', 'reopened'],
  ['escalated', 'concluded', 'escalated'],
  ['escalated', 'affected', 'escalated'],
  ['escalated', 'resolved', 'resolved'],
  ['flapping', 'muted', 'muted'],
  ['concluded', 'reopened', 'reopened'],
])('in place of an unseen %s a %s goes as %s', (older, newer, expected) => {
  const entry = entryWith(newer);
  inherit(entry, entryWith(older));
  expect(entry.reason).toBe(expected);
});

it('what was held back is told by the message that takes the place', () => {
  const early = { count: 2, since: '2026-11-21T01:00:00.000Z' };
  const late = { count: 3, since: '2026-11-21T02:00:00.000Z' };
  const silent = entryWith('resolved');
  inherit(silent, entryWith('opened', early));
  expect(silent.heldBack).toEqual(early);
  const own = entryWith('resolved', late);
  inherit(own, entryWith('opened', early));
  expect(own.heldBack).toEqual({ count: 5, since: early.since });
  const only = entryWith('resolved', late);
  inherit(only, entryWith('opened'));
  expect(only.heldBack).toEqual(late);
});
