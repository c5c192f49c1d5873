import type { Logger } from 'pino';
import type { Member } from '#shared/bus/port.ts';
import { topic } from '#shared/bus/topics.ts';
import { type ControlBoard, openControlBoard } from '#shared/controls/index.ts';
import type { Runtime, Service } from '#shared/lifecycle/service.ts';
import type { Delivery } from '#shared/model/index.ts';
import { checkTemplates } from './cards/index.ts';
import { ChannelWatch, downAfterMs } from './channel-watch.ts';
import { type Channel, openChannel } from './channels/index.ts';
import { type DeliverObserver, deliverStage } from './deliver/index.ts';
import { deliveryNews } from './delivery-news.ts';
import { notifierMetrics } from './metrics.ts';
import { notifyStage } from './notify/index.ts';

export interface NotifierOptions {
  /** Which of its stages run here. Default: both. */
  readonly stages?: readonly ('notify' | 'deliver')[];
}

function logDelivery(logger: Logger, delivery: Delivery): void {
  const { channel, messageId, incidentId, attempt, code, cause, traceId } = delivery;
  const news = deliveryNews(delivery);
  if (news !== undefined)
    logger[news.level](
      { channel, messageId, incidentId, attempt, code, cause, trace: { id: traceId } },
      news.text,
    );
}

/** Starts the notifier: notify decides what is told, deliver tells it, one sender a channel. */
export async function start(runtime: Runtime, options: NotifierOptions = {}): Promise<Service> {
  const { config, bus, clock } = runtime;
  const { stages = ['notify', 'deliver'] } = options;
  const logger = runtime.logger.child({ service: { name: 'notifier' } });
  const metrics = notifierMetrics(runtime.metrics);
  const members: Member[] = [];
  let board: ControlBoard | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()));
    board?.close();
  };
  const unreadable = (input: string, why: string): void => {
    metrics.dead(input);
    logger.error({ topic: input }, `${input}: a record went to dlq.${input}: ${why}`);
  };
  const watch = new ChannelWatch(logger);
  const observer: DeliverObserver = {
    ...metrics,
    channel: (name, state) => {
      metrics.channel(name, state);
      watch.note(name, state);
    },
    unreadable: (channel, why) => unreadable(topic.outbox(channel), why),
    delivery: (delivery) => {
      metrics.delivery(delivery);
      logDelivery(logger, delivery);
    },
  };
  try {
    checkTemplates(config.cards.templates);
    const channels = new Map<string, Channel>();
    for (const name of Object.keys(config.channels)) channels.set(name, await openChannel(name, config));
    if (stages.includes('notify')) {
      const preferences = await openControlBoard({ bus, logger });
      board = preferences;
      members.push(
        await bus.run(
          notifyStage({
            config,
            canUpdate: (name) => channels.get(name)?.canUpdate ?? false,
            sharesCards: (name) => channels.get(name)?.sharesCards ?? true,
            preferences: () => preferences.preferences(),
            onMessage: metrics.message,
            onUntold: metrics.untold,
            onUnreadable: (why) => unreadable(topic.findings, why),
          }),
        ),
      );
    }
    if (stages.includes('deliver'))
      for (const [name, channel] of channels)
        members.push(
          await bus.run(
            deliverStage({
              name,
              channel,
              language: config.language,
              downAfterMs: downAfterMs(config.channels[name]),
              operator: config.operator.channel,
              clock,
              random: Math.random,
              observer,
            }),
          ),
        );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const ended = Promise.all(members.map((member) => member.ended)).then(
    () => undefined,
    async (thrown: unknown) => {
      await stop();
      throw thrown;
    },
  );
  return { name: 'notifier', readiness: async () => [await bus.health(), ...watch.health()], ended, stop };
}
