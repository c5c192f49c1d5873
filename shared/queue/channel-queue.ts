import { deadLetterTopic } from '#shared/bus/dead-letter.ts';
import type { Bus, BusRecord } from '#shared/bus/port.ts';
import { readValue } from '#shared/bus/read-value.ts';
import { topic } from '#shared/bus/topics.ts';
import { Delivery, isTerminal, Message } from '#shared/model/index.ts';
import { type Schedule, scheduleOf } from './schedule.ts';

const minute = 60_000;

/** What is known last of a message, and the sender's memory that goes with it. */
export interface Latest {
  readonly delivery: Delivery;
  readonly schedule: Schedule | undefined;
}

/** A message of the outbox that its sender has still to read or to be done with. */
export interface Open {
  readonly message: Message;
  readonly offset: number;
  /** Of the message at this place; `undefined` where nothing was done about it. */
  readonly latest: Latest | undefined;
  /** The digest that will name it. */
  readonly digest: Latest | undefined;
}

/** A message that was given up and does not wait again. */
export interface Dead {
  readonly delivery: Delivery;
  /** Its newest dead letter; `undefined` where it is kept no more. */
  readonly letter: { readonly record: BusRecord; readonly message: Message } | undefined;
}

/** One channel's outbox as its topics tell it. */
export interface ChannelQueue {
  readonly open: readonly Open[];
  readonly dead: readonly Dead[];
  /** Done with since then, in order of time. Without digests' own Deliveries. */
  readonly ended: readonly Delivery[];
  readonly callsLastMinute: number;
}

/**
 * Reads what waits in a channel's outbox, what is dead, and what was done with since `since` (milliseconds since the epoch). Memory
 * grows with these, not with all that is kept.
 *
 * @throws LogpatrolError `unreachable` where the bus does not answer
 */
export async function readChannelQueue(
  bus: Bus,
  channel: string,
  since: number,
  now: number,
): Promise<ChannelQueue> {
  const committed = await bus.committed(`deliver-${channel}`, topic.outbox(channel));
  const outbox = new Map<string, { message: Message; offset: number }>();
  for await (const record of bus.read(topic.outbox(channel), { from: committed })) {
    const read = readValue(Message, record.value);
    // One that is queued again stands further on.
    if (read.ok) outbox.set(read.value.id, { message: read.value, offset: record.offset });
  }
  const { latest, digests, calls } = await readDeliveries(bus, channel, outbox, since, now);
  const open: Open[] = [];
  for (const [id, { message, offset }] of outbox) {
    const known = latest.get(id);
    const mine = known?.schedule?.offset === offset ? known : undefined;
    if (mine !== undefined && isTerminal(mine.delivery.outcome)) continue;
    open.push({ message, offset, latest: mine, digest: digests.get(offset) });
  }
  const waits = new Set(open.map(({ message }) => message.id));
  const known = [...latest.values()].map(({ delivery }) => delivery);
  const dead = known.filter(({ messageId, outcome }) => outcome === 'dead' && !waits.has(messageId));
  return {
    open,
    dead: await withLetters(bus, channel, dead),
    ended: known.filter(
      ({ outcome, at }) => isTerminal(outcome) && outcome !== 'dead' && Date.parse(at) >= since,
    ),
    callsLastMinute: calls,
  };
}

async function readDeliveries(
  bus: Bus,
  channel: string,
  outbox: ReadonlyMap<string, unknown>,
  since: number,
  now: number,
): Promise<{ latest: Map<string, Latest>; digests: Map<number, Latest>; calls: number }> {
  const latest = new Map<string, Latest>();
  const begun = new Map<string, Latest>();
  const calls = new Map<string, number>();
  for await (const record of bus.read(topic.deliveries)) {
    const read = readValue(Delivery, record.value);
    if (!read.ok || read.value.channel !== channel) continue;
    const delivery = read.value;
    const { messageId, digestId, outcome, attempt } = delivery;
    const schedule = scheduleOf(record.headers);
    const at = Date.parse(delivery.at);
    if (at > now - minute && attempt > 0 && outcome !== 'superseded' && outcome !== 'digested')
      calls.set(`${messageId} ${attempt}`, schedule?.calls ?? 1);
    const isKept = at >= since || outcome === 'dead' || outbox.has(messageId);
    latest.delete(messageId);
    if (messageId === digestId) {
      if (isTerminal(outcome)) begun.delete(messageId);
      else begun.set(messageId, { delivery, schedule });
    } else if (isKept) latest.set(messageId, { delivery, schedule });
  }
  const digests = new Map<number, Latest>();
  for (const digest of begun.values())
    for (const offset of digest.schedule?.members ?? []) digests.set(offset, digest);
  return { latest, digests, calls: [...calls.values()].reduce((sum, count) => sum + count, 0) };
}

async function withLetters(bus: Bus, channel: string, dead: readonly Delivery[]): Promise<Dead[]> {
  const wanted = new Set(dead.map(({ messageId }) => messageId));
  const letters = new Map<string, { record: BusRecord; message: Message }>();
  if (wanted.size > 0)
    for await (const record of bus.read(deadLetterTopic(topic.outbox(channel)))) {
      const read = readValue(Message, record.value);
      if (read.ok && wanted.has(read.value.id)) letters.set(read.value.id, { record, message: read.value });
    }
  return dead.map((delivery) => ({ delivery, letter: letters.get(delivery.messageId) }));
}
