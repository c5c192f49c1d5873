import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MessageReason } from '#shared/model/index.ts';
import type { DeliverObserver } from './deliver/index.ts';

/** Seconds; from an unlimited stand-in on the same machine to a far side that was down for hours. */
const latencyBuckets = [0.05, 0.1, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200];
const responseBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface NotifierMetrics extends Omit<DeliverObserver, 'unreadable'> {
  message(channel: string, reason: MessageReason): void;
  /** A card that is not sent. */
  untold(channel: string, why: string): void;
  /** @param input the topic of a record that could not be read */
  dead(input: string): void;
}

/** The notifier's metrics in `registry`. */
export function notifierMetrics(registry: Registry): NotifierMetrics {
  const registers = [registry];
  const messages = new Counter({
    name: 'logpatrol_messages_total',
    help: 'Messages put into an outbox.',
    labelNames: ['channel', 'reason'] as const,
    registers,
  });
  const untold = new Counter({
    name: 'logpatrol_cards_withheld_total',
    help: "Cards that were not sent: muted, taken in by another incident, or held back by their rule's at-most.",
    labelNames: ['channel', 'why'] as const,
    registers,
  });
  const deliveries = new Counter({
    name: 'logpatrol_deliveries_total',
    help: 'Deliveries by outcome; cause is empty where there is none.',
    labelNames: ['channel', 'outcome', 'cause'] as const,
    registers,
  });
  const repeats = new Counter({
    name: 'logpatrol_delivery_repeats_total',
    help: 'Calls for a message that the far side may have had already: after a crash, or after a call without an answer.',
    labelNames: ['channel'] as const,
    registers,
  });
  const unreadable = new Counter({
    name: 'logpatrol_notifier_unreadable_total',
    help: 'Records that could not be read and went to the dead letters.',
    labelNames: ['topic'] as const,
    registers,
  });
  const depth = new Gauge({
    name: 'logpatrol_outbox_messages',
    help: 'Messages that wait or are being sent, of those read ahead.',
    labelNames: ['channel'] as const,
    registers,
  });
  const bytes = new Gauge({
    name: 'logpatrol_outbox_bytes',
    help: 'Bytes that the look-ahead takes.',
    labelNames: ['channel'] as const,
    registers,
  });
  const isDown = new Gauge({
    name: 'logpatrol_channel_down',
    help: '1 where the channel has failed for downAfterSeconds or longer, else 0; of channels that this process sends to.',
    labelNames: ['channel'] as const,
    registers,
  });
  const changes = new Counter({
    name: 'logpatrol_channel_changes_total',
    help: 'How often a channel became well, throttled, failing or down.',
    labelNames: ['channel', 'state'] as const,
    registers,
  });
  const fallbacks = new Counter({
    name: 'logpatrol_fallbacks_total',
    help: 'Copies of messages that another channel was given, because theirs is down or does not take them.',
    labelNames: ['channel', 'to'] as const,
    registers,
  });
  const response = new Histogram({
    name: 'logpatrol_delivery_response_seconds',
    help: 'Duration of one call to the far side.',
    labelNames: ['channel'] as const,
    buckets: responseBuckets,
    registers,
  });
  const latency = new Histogram({
    name: 'logpatrol_delivery_latency_seconds',
    help: "From the arrival of an incident's first line to its first card.",
    labelNames: ['channel'] as const,
    buckets: latencyBuckets,
    registers,
  });
  return {
    message: (channel, reason) => messages.inc({ channel, reason }),
    untold: (channel, why) => untold.inc({ channel, why }),
    delivery: ({ channel, outcome, cause, response_time_ms, latency_ms }) => {
      deliveries.inc({ channel, outcome, cause: cause ?? '' });
      if (response_time_ms !== undefined) response.observe({ channel }, response_time_ms / 1000);
      if (latency_ms !== undefined) latency.observe({ channel }, latency_ms / 1000);
    },
    dead: (input) => unreadable.inc({ topic: input }),
    repeat: ({ channel }) => repeats.inc({ channel }),
    channel: (channel, { kind }) => {
      isDown.set({ channel }, kind === 'down' ? 1 : 0);
      changes.inc({ channel, state: kind });
    },
    fallback: (channel, to) => fallbacks.inc({ channel, to }),
    queue: (channel, messagesHeld, bytesHeld) => {
      depth.set({ channel }, messagesHeld);
      bytes.set({ channel }, bytesHeld);
    },
  };
}
