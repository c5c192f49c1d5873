import type { Bus } from '#shared/bus/port.ts';
import type { Config } from '#shared/config/index.ts';
import { LogpatrolError } from '#shared/errors/index.ts';
import { compareSeverity, type Delivery, type Message } from '#shared/model/index.ts';
import { type ChannelQueue, type Dead, type Open, readChannelQueue } from './channel-queue.ts';
import type { ChannelReport, MessageState, QueuedMessage, QueueReport } from './report.ts';

export interface QueueAsk {
  /** One channel; all of them where absent. */
  readonly channel?: string | undefined;
  /** What is done with is told from then on; milliseconds since the epoch. */
  readonly since: number;
  /** So many messages are listed at most. */
  readonly limit: number;
  readonly now: number;
}

/**
 * The channels that are meant.
 *
 * @throws LogpatrolError `usage` where there is none of the name
 */
export function channelsNamed({ channels }: Config, named: string | undefined): string[] {
  const names = Object.keys(channels);
  if (named === undefined) return names;
  if (names.includes(named)) return [named];
  throw new LogpatrolError('usage', `there is no channel "${named}"; there are ${names.join(', ')}`);
}

/**
 * What waits, what is dead and what was sent lately, of one channel or all.
 *
 * @throws LogpatrolError `usage` where there is no such channel, `unreachable` where the bus does not answer
 */
export async function readQueue(bus: Bus, config: Config, ask: QueueAsk): Promise<QueueReport> {
  const channels: ChannelReport[] = [];
  const left: QueuedMessage[] = [];
  const ended: QueuedMessage[] = [];
  for (const channel of channelsNamed(config, ask.channel)) {
    const queue = await readChannelQueue(bus, channel, ask.since, ask.now);
    const { open, dead } = queue;
    left.push(...open.map((each) => openMessage(each, ask.now)), ...dead.map(deadMessage));
    ended.push(...queue.ended.map((delivery) => endedMessage(delivery)));
    channels.push(totals(channel, config, queue, ask.now));
  }
  left.sort(
    (a, b) =>
      compareSeverity(b.severity, a.severity) || (a.queuedAt ?? a.at).localeCompare(b.queuedAt ?? b.at),
  );
  ended.sort((a, b) => b.at.localeCompare(a.at));
  const all = [...left, ...ended];
  return {
    since: new Date(ask.since).toISOString(),
    channels,
    messages: all.slice(0, ask.limit),
    more: Math.max(0, all.length - ask.limit),
  };
}

function stateOf({ latest, digest }: Open): MessageState {
  const outcome = (digest ?? latest)?.delivery.outcome;
  return outcome === 'sending' || outcome === 'retrying' ? outcome : 'waiting';
}

function wordsOf({ reason, finding, queuedAt }: Message): Partial<QueuedMessage> {
  return { reason, service: finding.service, title: finding.title, queuedAt };
}

function failureOf({ error, code, cause, fellBackTo }: Delivery): Partial<QueuedMessage> {
  return {
    ...(error !== undefined && { error }),
    ...(code !== undefined && { code }),
    ...(cause !== undefined && { cause }),
    ...(fellBackTo !== undefined && { fellBackTo }),
  };
}

function openMessage(open: Open, now: number): QueuedMessage {
  const { message, latest, digest } = open;
  const known = digest ?? latest;
  const nextTry = Math.max(known?.schedule?.notBefore ?? 0, known?.schedule?.channelNotBefore ?? 0);
  return {
    id: message.id,
    channel: message.channel,
    incidentId: message.finding.id,
    severity: message.finding.severity,
    state: stateOf(open),
    attempts: known?.delivery.attempt ?? 0,
    at: known?.delivery.at ?? message.queuedAt,
    ...wordsOf(message),
    ...(known && failureOf(known.delivery)),
    ...(nextTry > now && { nextTry: new Date(nextTry).toISOString() }),
    ...(digest && { digestId: digest.delivery.messageId }),
  };
}

function deadMessage({ delivery, letter }: Dead): QueuedMessage {
  return { ...endedMessage(delivery), ...(letter && wordsOf(letter.message)) };
}

function endedMessage(delivery: Delivery): QueuedMessage {
  const { messageId, channel, incidentId, severity, outcome, attempt, at, digestId } = delivery;
  return {
    id: messageId,
    channel,
    incidentId,
    severity,
    state: outcome,
    attempts: attempt,
    at,
    ...failureOf(delivery),
    ...(digestId !== undefined && { digestId }),
  };
}

function totals(channel: string, config: Config, queue: ChannelQueue, now: number): ChannelReport {
  const states = queue.open.map(stateOf);
  const count = <Item>(items: readonly Item[], item: Item) => items.filter((each) => each === item).length;
  const outcomes = queue.ended.map(({ outcome }) => outcome);
  const oldest = Math.min(...queue.open.map(({ message }) => Date.parse(message.queuedAt)));
  const settings = config.channels[channel];
  const perMinute = settings !== undefined && 'perMinute' in settings ? settings.perMinute : undefined;
  return {
    channel,
    waiting: count(states, 'waiting'),
    sending: count(states, 'sending'),
    retrying: count(states, 'retrying'),
    dead: queue.dead.length,
    sent: count(outcomes, 'sent'),
    digested: count(outcomes, 'digested'),
    superseded: count(outcomes, 'superseded'),
    ...(Number.isFinite(oldest) && { oldestMs: Math.max(0, now - oldest) }),
    callsLastMinute: queue.callsLastMinute,
    ...(typeof perMinute === 'number' && { perMinute }),
  };
}
